export { collect, once, onceAll } from './events.ts';
export { asMaster, withMasterKey } from './master.ts';
export { Event, type FileMessage, geoPoint, type LocationMessage, mediaFile } from './sdk.ts';
export { eventually, internals, type Stage, suite, texts, uniqueId } from './suite.ts';
