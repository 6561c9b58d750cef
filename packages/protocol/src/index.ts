export * from './codec.ts';
export * from './errors.ts';
export * from './features.ts';
export * from './generated/messages.ts';
export * from './operation-names.ts';
export * from './subprotocols.ts';
