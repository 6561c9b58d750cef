import { describe, expectTypeOf, it } from 'vitest';
import type {
  BasicConversation,
  Client,
  ClientEvents,
  ClientState,
  ConnectionState,
  Conversation,
  CustomMessage,
  JsonValue,
  LiveList,
  LiveMessages,
  Message,
  ParleyError,
  Role,
  Unsubscribe,
} from '../src/index.ts';
import { createClient, defineMessageType } from '../src/index.ts';

/** Nothing of this runs: the compiler is the test. */
declare const client: Client;
declare const chat: BasicConversation;

describe('the types', () => {
  it('[F-SDK-01] say what each event brings, and that on() answers how to stop', () => {
    expectTypeOf<ReturnType<Client['on']>>().toEqualTypeOf<Unsubscribe>();
    expectTypeOf<ClientEvents['message']['message']>().toEqualTypeOf<Message>();
    expectTypeOf<ClientEvents['membersJoined']['members']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<ClientEvents['roleChanged']['role']>().toEqualTypeOf<Role>();
    expectTypeOf<ClientEvents['state']['state']>().toEqualTypeOf<ClientState>();
    // @ts-expect-error there is no such event
    () => client.on('mesage', () => {});
    // @ts-expect-error an event of members has no message
    () => client.on('membersJoined', ({ message }) => message);
  });

  it('[F-SDK-01] tell states apart', () => {
    expectTypeOf<Extract<ClientState, { name: 'closed' }>['error']>().toEqualTypeOf<
      ParleyError | undefined
    >();
    expectTypeOf<Extract<ConnectionState, { name: 'waiting' }>['retryAt']>().toEqualTypeOf<number>();
    expectTypeOf<ConnectionState['name']>().toEqualTypeOf<
      'idle' | 'connecting' | 'open' | 'waiting' | 'offline' | 'paused' | 'closed'
    >();
  });

  it('[F-SDK-01] know what a field of a query is compared with', () => {
    const query = () => client.conversations.query();
    () =>
      query().where('createdAt', '>', new Date()).where('name', 'in', ['a']).where('attributes.x', '=', 1);
    // @ts-expect-error a time is no text
    () => query().where('createdAt', '>', '2026-01-01');
    // @ts-expect-error a list is asked with a list
    () => query().where('name', 'in', 'a');
    () => query().where('members', 'size', 2).where('attributes.x', 'contains', 'a').where('x', 'size', 1);
    // @ts-expect-error a name has no number of elements
    () => query().where('name', 'size', 2);
    // @ts-expect-error a time has no letters
    () => query().where('createdAt', 'contains', 'x');
    // @ts-expect-error there is no such operator
    () => query().where('name', 'like', 'a');
    // @ts-expect-error a pattern is a regular expression
    () => query().where('name', 'matches', 'a');
  });

  it('[F-SDK-01] keep messages and what is known from being changed', () => {
    expectTypeOf<LiveMessages>().toExtend<LiveList<Message>>();
    expectTypeOf<ReturnType<BasicConversation['send']>>().toEqualTypeOf<Promise<Message>>();
    expectTypeOf<ReturnType<BasicConversation['history']>>().toEqualTypeOf<AsyncIterable<Message>>();
    // @ts-expect-error a message never changes
    () => (({} as Message).text = 'other');
    // @ts-expect-error nor do the members, but by add and remove
    () => chat.members.push('Spike');
    // @ts-expect-error only basic conversations and chat rooms are joined
    () => (({}) as Conversation).join();
    // @ts-expect-error nobody is made owner
    () => chat.setRole('Tom', 'Owner');
  });

  it('[F-GEN-06] carry the fields of a message type of the app', () => {
    const Poll = defineMessageType({ type: 2, parse: () => ({ question: 'x', votes: 1 }) });
    expectTypeOf<InstanceType<typeof Poll>>().toEqualTypeOf<
      CustomMessage<{ question: string; votes: number }>
    >();
    // @ts-expect-error votes are missing
    () => new Poll({ question: 'x' });
  });

  it('[F-SDK-01] have no any anywhere in sight', () => {
    type HasAny<T> = 0 extends 1 & T ? true : false;
    type AnyOf<T> = { [Key in keyof T]: HasAny<T[Key]> }[keyof T];
    expectTypeOf<AnyOf<Client>>().toEqualTypeOf<false>();
    expectTypeOf<AnyOf<BasicConversation>>().toEqualTypeOf<false>();
    expectTypeOf<AnyOf<Message>>().toEqualTypeOf<false>();
    expectTypeOf<AnyOf<ClientEvents>>().toEqualTypeOf<false>();
    expectTypeOf<HasAny<JsonValue>>().toEqualTypeOf<false>();
    // @ts-expect-error a client has an id
    () => createClient({ url: '', appId: '' });
  });
});
