import { Value } from 'typebox/value';
import { type AppSettings, appSettingsSchema, defaultAppSettings } from './app-settings.ts';

/** Settings that cannot be. Each problem is a sentence that names the setting and the rule. */
export class AppSettingsInvalid extends Error {
  override readonly name = 'AppSettingsInvalid';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * The overrides of an app after a change. `null` takes a setting back to its standard value.
 *
 * @throws AppSettingsInvalid with every problem at once
 *
 * @example
 * changeAppSettings({ maxMembers: 100 }, { maxMembers: null, allowEdit: false }); // { allowEdit: false }
 */
export function changeAppSettings(
  overrides: Readonly<Partial<AppSettings>>,
  change: Readonly<Record<string, unknown>>,
): Partial<AppSettings> {
  const problems = Object.entries(change).flatMap(([name, value]) => problemsOf(name, value));
  if (problems.length > 0) throw new AppSettingsInvalid(problems);
  const merged = Object.entries({ ...overrides, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged);
}

function problemsOf(name: string, value: unknown): readonly string[] {
  if (!Object.hasOwn(appSettingsSchema.properties, name)) {
    return [`${name} is no app setting. Known are ${Object.keys(appSettingsSchema.properties).join(', ')}.`];
  }
  if (value === null) return [];
  const address = addressIn(name, value);
  if (address !== '' && !URL.canParse(address))
    return [`${name} has no web address: ${address.slice(0, 60)}.`];
  if (name === 'engine' && !isSendable((value as { hookKey?: unknown })?.hookKey)) return [UNSENDABLE];
  if (name === 'webhook' && address !== '' && isForgeable((value as { secret?: unknown }).secret))
    return [FORGEABLE];
  const candidate = { ...defaultAppSettings, [name]: value };
  return Value.Errors(appSettingsSchema, candidate).map(({ instancePath, message }) => {
    const path = instancePath.slice(1).replaceAll('/', '.') || name;
    return `${path} ${message}, and it is ${JSON.stringify(value)?.slice(0, 60)}.`;
  });
}

/** The address that a setting names; the schema only knows how it begins. */
function addressIn(name: string, value: unknown): string {
  const url = name === 'engine' || name === 'webhook' ? (value as { url?: unknown })?.url : value;
  const isAddress = ['engine', 'webhook', 'serviceMessageCallbackUrl'].includes(name);
  return isAddress && typeof url === 'string' ? url : '';
}

const UNSENDABLE =
  'engine.hookKey cannot be sent in a header: use letters, digits and signs of ASCII, with spaces only between them.';

/** What is no text at all is left to the schema. */
function isSendable(hookKey: unknown): boolean {
  return typeof hookKey !== 'string' || /^([!-~]([ -~]*[!-~])?)?$/.test(hookKey);
}

/** The least that Standard Webhooks recommends. */
const MIN_SECRET_BYTES = 24;

const FORGEABLE = `webhook.secret must be base64 of ${MIN_SECRET_BYTES} bytes or more, or others could sign what your receiver believes; make one with: openssl rand -base64 ${MIN_SECRET_BYTES}.`;

/** What is no text at all is left to the schema. */
function isForgeable(secret: unknown): boolean {
  if (typeof secret !== 'string') return false;
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length < MIN_SECRET_BYTES;
}
