/** Unguessable names. Passed in, so that a test can foretell them. */
export interface Random {
  /** 24 hex digits. */
  conversationId(): string;
  /** A client id for somebody who brought none. */
  clientId(): string;
  /** 24 hex digits that name an object of the data API. */
  objectId(): string;
  /** That many lower-case letters and digits. */
  token(characters: number): string;
}
