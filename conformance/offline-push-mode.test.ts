import type { TextMessage } from 'leancloud-realtime';
import { expect, test } from 'vitest';
import { collect, Event, once, suite, texts, uniqueId } from './src/index.ts';

// Only 4.3.1 still speaks lc.protobuf2.1, where missed messages come by themselves instead of an unread summary.
// 5 dropped the option `pushOfflineMessages`.
suite(
  'offline messages pushed at login',
  (stage) => {
    test('[F-MSG-48][F-MSG-07] what was missed is delivered at the login', async () => {
      const tom = await stage.login(uniqueId('Tom'));
      const id = uniqueId('Jerry');
      const conversation = await stage.conversation(tom, [id]);
      await stage.sayAll(conversation, ['one', 'two', 'three']);
      const jerry = await stage.login(id, { on: stage.device({ pushOfflineMessages: true }) });
      const heard = collect<TextMessage>(jerry, Event.MESSAGE);
      await once<TextMessage>(jerry, Event.MESSAGE, ({ text }) => text === 'three');
      expect(texts(heard)).toEqual(['one', 'two', 'three']);
    });
  },
  { majors: [4] },
);
