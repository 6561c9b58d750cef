import { localError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { type MessageType, TypedMessage, type TypedOptions, typedOptions } from './typed-message.ts';

/** A message of a type that an app defined, with its own fields. */
export interface CustomMessage<Fields extends object> extends TypedMessage {
  readonly fields: Fields;
}

export interface CustomMessageType<Fields extends object> extends MessageType<CustomMessage<Fields>> {
  new (fields: Fields, options?: TypedOptions): CustomMessage<Fields>;
}

export interface MessageDefinition<Fields extends object> {
  /** A positive integer, the same in all programs of the app. */
  readonly type: number;
  /**
   * Makes the fields of what arrived, which a stranger may have written: check it, and throw where it is wrong. The
   * message then arrives as an {@link UnknownMessage}.
   */
  parse(fields: JsonObject): Fields;
}

/**
 * A message type of your own. Its fields travel beside `_lctype`, as in other SDKs of this protocol.
 *
 * @example
 * const OrderMessage = defineMessageType({
 *   type: 1,
 *   parse: ({ orderId, total }) => ({ orderId: String(orderId), total: Number(total) }),
 * });
 * const tom = createClient({ ...server, clientId: 'Tom', messageTypes: [OrderMessage] });
 * await chat.send(new OrderMessage({ orderId: '42', total: 9.5 }, { text: 'Order 42' }));
 * tom.on('message', ({ message }) => {
 *   if (message instanceof OrderMessage) console.log(message.fields.total);
 * });
 *
 * @throws ParleyError INVALID_ARGUMENT where the type is no positive integer
 */
export function defineMessageType<Fields extends object>(
  definition: MessageDefinition<Fields>,
): CustomMessageType<Fields> {
  const { type, parse } = definition;
  if (!Number.isInteger(type) || type <= 0) {
    throw localError('INVALID_ARGUMENT', 'The number of a message type must be a positive integer.');
  }
  return class extends TypedMessage implements CustomMessage<Fields> {
    static readonly type = type;
    static parse(fields: JsonObject) {
      return new this(parse(fields), typedOptions(fields));
    }

    readonly fields: Fields;

    constructor(fields: Fields, options?: TypedOptions) {
      super(options);
      this.fields = fields;
    }

    override get type(): number {
      return type;
    }

    protected override encodeFields(): JsonObject {
      return this.fields as JsonObject;
    }
  };
}
