/** Proof from the app's own server that it allows an operation (`wire-protocol §5.4`). */
export interface Signature {
  /** Hex HMAC-SHA1 under the master key; either case. */
  readonly value: string;
  /** As transmitted: milliseconds, or seconds from some signers. */
  readonly timestamp: number;
  readonly nonce: string;
}
