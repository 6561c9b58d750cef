import { asNumber, asString, isObject, type JsonObject } from '../json.ts';
import { Message } from './message.ts';
import { type MessageType, TypedMessage, type TypedOptions, typedOptions } from './typed-message.ts';

/** Text. */
export class TextMessage extends TypedMessage {
  static readonly type = -1;
  static parse(fields: JsonObject): TextMessage {
    const { text = '', ...options } = typedOptions(fields);
    return new TextMessage(text, options);
  }

  constructor(text: string, options: Pick<TypedOptions, 'attributes'> = {}) {
    super({ ...options, text });
  }

  override get type(): number {
    return TextMessage.type;
  }
}

/** A file that is somewhere already: uploaded with {@link Files.upload}, or anywhere else on the web. */
export interface FileReference {
  readonly url: string;
  /** The id of its record, if it was uploaded to the app's storage. */
  readonly objectId?: string;
  readonly name?: string;
  /** Bytes. */
  readonly size?: number;
  /** The suffix, such as `png`. */
  readonly format?: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Seconds. */
  readonly duration?: number;
}

/** What messages with a file have in common. */
export abstract class FileBasedMessage extends TypedMessage {
  readonly file: FileReference;

  constructor(file: FileReference, options?: TypedOptions) {
    super(options);
    this.file = file;
  }

  protected override encodeFields(): JsonObject {
    const { url, objectId, ...metaData } = this.file;
    return {
      _lcfile: {
        url,
        ...(objectId !== undefined && { objId: objectId }),
        ...(Object.keys(metaData).length > 0 && { metaData }),
      },
    };
  }
}

/** @throws TypeError where there is no file */
function parseFile({ _lcfile: file }: JsonObject): FileReference {
  if (!isObject(file) || typeof file.url !== 'string') throw new TypeError('A message without its file.');
  const metaData = isObject(file.metaData) ? file.metaData : {};
  const text = (key: string) => asString(metaData[key]) ?? asString(file[key]);
  const number = (key: string) => asNumber(metaData[key]) ?? asNumber(file[key]);
  return withoutAbsent({
    url: file.url,
    objectId: asString(file.objId),
    name: text('name'),
    format: text('format'),
    size: number('size'),
    width: number('width'),
    height: number('height'),
    duration: number('duration'),
  });
}

function withoutAbsent(
  file: { [Key in keyof FileReference]: FileReference[Key] | undefined },
): FileReference {
  return Object.fromEntries(
    Object.entries(file).filter(([, value]) => value !== undefined),
  ) as unknown as FileReference;
}

/** A picture. */
export class ImageMessage extends FileBasedMessage {
  static readonly type = -2;
  static parse(fields: JsonObject): ImageMessage {
    return new ImageMessage(parseFile(fields), typedOptions(fields));
  }

  override get type(): number {
    return ImageMessage.type;
  }
}

/** A recording. */
export class AudioMessage extends FileBasedMessage {
  static readonly type = -3;
  static parse(fields: JsonObject): AudioMessage {
    return new AudioMessage(parseFile(fields), typedOptions(fields));
  }

  override get type(): number {
    return AudioMessage.type;
  }
}

/** A film. */
export class VideoMessage extends FileBasedMessage {
  static readonly type = -4;
  static parse(fields: JsonObject): VideoMessage {
    return new VideoMessage(parseFile(fields), typedOptions(fields));
  }

  override get type(): number {
    return VideoMessage.type;
  }
}

export interface Place {
  /** Degrees. */
  readonly latitude: number;
  readonly longitude: number;
}

/** A place. */
export class LocationMessage extends TypedMessage {
  static readonly type = -5;
  static parse(fields: JsonObject): LocationMessage {
    const place = isObject(fields._lcloc) ? fields._lcloc : {};
    const { latitude, longitude } = place;
    if (typeof latitude !== 'number' || typeof longitude !== 'number') {
      throw new TypeError('A message without its place.');
    }
    return new LocationMessage({ latitude, longitude }, typedOptions(fields));
  }

  readonly place: Place;

  constructor({ latitude, longitude }: Place, options?: TypedOptions) {
    super(options);
    this.place = { latitude, longitude };
  }

  override get type(): number {
    return LocationMessage.type;
  }

  protected override encodeFields(): JsonObject {
    return { _lcloc: { ...this.place } };
  }
}

/** Any other file. */
export class FileMessage extends FileBasedMessage {
  static readonly type = -6;
  static parse(fields: JsonObject): FileMessage {
    return new FileMessage(parseFile(fields), typedOptions(fields));
  }

  override get type(): number {
    return FileMessage.type;
  }
}

/** What is left of a message that its author took back. */
export class RecalledMessage extends TypedMessage {
  static readonly type = -127;
  static parse(): RecalledMessage {
    return new RecalledMessage();
  }

  override get type(): number {
    return RecalledMessage.type;
  }
}

/** JSON of a type that nobody here knows. A user interface shows its {@link text}, or that there is something. */
export class UnknownMessage extends TypedMessage {
  readonly fields: JsonObject;

  constructor(fields: JsonObject) {
    super(typedOptions(fields));
    this.fields = fields;
  }

  override get type(): number {
    return asNumber(this.fields._lctype) ?? 0;
  }

  override encode(): string {
    return JSON.stringify(this.fields);
  }
}

/** Text that follows no convention; what it means is the app's business. */
export class PlainMessage extends Message {
  override readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override encode(): string {
    return this.text;
  }
}

/** Bytes. */
export class BinaryMessage extends Message {
  override readonly text = '';
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }

  override encode(): Uint8Array {
    return this.bytes;
  }
}

/** The types that every client knows. */
export const builtInTypes: readonly MessageType[] = [
  TextMessage,
  ImageMessage,
  AudioMessage,
  VideoMessage,
  LocationMessage,
  FileMessage,
  RecalledMessage,
];
