import { asString, isObject, type JsonObject } from '../json.ts';
import { Message } from './message.ts';

export interface TypedOptions {
  /** Caption, or what clients show that do not know the type. */
  readonly text?: string;
  /** Whatever the app wants to add. */
  readonly attributes?: JsonObject;
}

/** A class of messages that travel as JSON, with a number that says which. */
export interface MessageType<M extends TypedMessage = TypedMessage> {
  readonly type: number;
  /** Makes a message of received fields. It may throw: the message then arrives as an {@link UnknownMessage}. */
  parse(fields: JsonObject): M;
}

/** A message that travels as JSON: `_lctype` says which, `_lctext` is its text, `_lcattrs` belongs to the app. */
export abstract class TypedMessage extends Message {
  override readonly text: string;
  readonly attributes: JsonObject;

  constructor({ text = '', attributes = {} }: TypedOptions = {}) {
    super();
    this.text = text;
    this.attributes = attributes;
  }

  /** The number of its class: negative for built-in ones, positive for those of apps. */
  abstract get type(): number;

  /** What it has beside text and attributes. */
  protected encodeFields(): JsonObject {
    return {};
  }

  override encode(): string {
    return JSON.stringify({
      _lctype: this.type,
      ...(this.text !== '' && { _lctext: this.text }),
      ...(Object.keys(this.attributes).length > 0 && { _lcattrs: this.attributes }),
      ...this.encodeFields(),
    });
  }
}

/** Text and attributes of received fields; attributes also where an old sender wrote them as text. @internal */
export function typedOptions(fields: JsonObject): TypedOptions {
  const attributes = fields._lcattrs;
  const text = asString(fields._lctext);
  return { ...(text !== undefined && { text }), ...(isObject(attributes) && { attributes }) };
}
