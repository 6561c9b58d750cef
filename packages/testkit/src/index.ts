export { type OfflinePush, openMemoryStore, openSqliteStore, type Pusher, type Store } from '@parley/server';
export { FakeClock } from './fake-clock.ts';
export { freePort } from './free-port.ts';
export { type Parley, type StartOptions, startParley } from './start-parley.ts';
export { type ParleyProcess, startParleyProcess } from './start-parley-process.ts';
export { type ConnectOptions, TestClient } from './test-client.ts';
