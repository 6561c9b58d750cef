import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startParley } from '@parley/testkit';
import { servePage } from './serve.ts';

// A server for this example alone. For yours: { url, appId, appKey }.
const parley = await startParley({ store: 'memory' });
const page = await servePage(parley);
await once(page.listen(Number(process.env.PORT ?? 8080), '127.0.0.1'), 'listening');
const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
console.log(`Open two tabs:\n  ${url}/#Tom\n  ${url}/#Jerry\nCtrl-C ends it.`);
process.once('SIGINT', async () => {
  page.close();
  page.closeAllConnections();
  await parley.close();
});
