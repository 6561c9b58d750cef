/** What the bytes of uploaded files are kept in. */
export interface FileStore {
  /**
   * Takes a whole file, in place of one of that name: readers see the old bytes or all of the new ones. Rejects, and
   * keeps nothing, where `bytes` throws.
   *
   * @param name hex digits in groups divided by slashes; made by the server, never by a caller
   */
  write(
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    about: { readonly mimeType: string },
  ): Promise<{ readonly size: number }>;
  /** The bytes from `start` to `end`, both included. Rejects with {@link FileMissing} where there is no such file. */
  read(name: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** Also where there is nothing. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The disk is nearly full; what is left is for messages. */
export class NoRoomForFiles extends Error {
  override readonly name = 'NoRoomForFiles';
}

export class FileMissing extends Error {
  override readonly name = 'FileMissing';
}
