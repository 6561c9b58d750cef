/** Bits of `session/open`'s `configBitmap`: what a client understands (`wire-protocol §4.1.2`). */
export const Feature = {
  patch: 0x01,
  temporaryConversations: 0x02,
  autoBindInstallation: 0x04,
  transientAck: 0x08,
  reliableNotifications: 0x10,
  partialResults: 0x20,
  groupReceipts: 0x40,
  omitPeerId: 0x80,
} as const;

/** What every supported SDK has; assumed where a client sends no bitmap, as C# does on reconnect. */
export const ASSUMED_FEATURES =
  Feature.patch |
  Feature.temporaryConversations |
  Feature.transientAck |
  Feature.partialResults |
  Feature.omitPeerId;
