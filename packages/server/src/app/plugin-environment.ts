import { optionEntries } from '../config/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What plug-ins find in their environment: what the server has, without its own secrets. */
export function pluginEnvironment(environment: Environment): Environment {
  const secrets = new Set(
    optionEntries.filter(([, { secret }]) => secret).map(([, { variable }]) => variable),
  );
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !secrets.has(name)));
}
