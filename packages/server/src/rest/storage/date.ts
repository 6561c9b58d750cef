import Type from 'typebox';
import { ok, route } from '../route.ts';
import { TAG } from './parts.ts';

/** `storage-subset §9.1` */
export const date = route({
  method: 'GET',
  path: '/1.1/date',
  tag: TAG,
  summary: 'Ask the server for the time',
  needs: 'app',
  messaging: false,
  answers: { 200: Type.Object({ __type: Type.Literal('Date'), iso: Type.String() }) },
  handle: async ({ world }) => ok({ __type: 'Date', iso: new Date(world.clock.now()).toISOString() }),
});
