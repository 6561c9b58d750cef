import { Accounts } from './accounts.ts';
import { signingServer } from './signing-server.ts';

const { PARLEY_URL, PARLEY_APP_ID, PARLEY_MASTER_KEY, PORT = '4000' } = process.env;
if (!PARLEY_URL || !PARLEY_APP_ID || !PARLEY_MASTER_KEY) {
  console.error('Set PARLEY_URL, PARLEY_APP_ID and PARLEY_MASTER_KEY; the greeting of `npm start` has them.');
  process.exit(1);
}

const accounts = new Accounts();
// A real app has its accounts elsewhere. These two are for trying it out.
for (const name of ['Tom', 'Jerry']) await accounts.add(name, `${name}'s password`);

const server = signingServer({
  url: PARLEY_URL,
  appId: PARLEY_APP_ID,
  masterKey: PARLEY_MASTER_KEY,
  accounts,
});
console.log(`The signing server is at ${await server.listen({ host: '127.0.0.1', port: Number(PORT) })}.`);
