export { ConfigInvalid, type LoadedConfig, loadConfig } from './load-config.ts';
export { type Config, type Option, type OptionName, optionEntries } from './options.ts';
