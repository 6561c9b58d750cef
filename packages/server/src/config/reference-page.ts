import { text } from './option-kinds.ts';
import { type Option, optionEntries } from './options.ts';

/** `docs/reference/configuration.md`, from the table of options. */
export function referencePage(): string {
  const groups = [...new Set(optionEntries.map(([, option]) => option.group))];
  const sections = groups.map((group) => {
    const rows = optionEntries
      .filter(([, option]) => option.group === group)
      .map(([name, option]) => row(name, option));
    return `## ${group}\n\n| Variable | In the file | Standard | What it is |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${HEAD}\n${sections.join('\n')}${FOOT}`;
}

function row(name: string, option: Option<unknown>): string {
  const { variable, kind, standard, inProduction, about, secret } = option;
  const usual = standard === undefined || isNothing(standard) ? '–' : `\`${shown(standard)}\``;
  const production = inProduction === undefined ? '' : `, \`${shown(inProduction)}\` in production`;
  const note = secret ? ' A secret: never logged.' : '';
  const rule = kind === text ? '' : ` Must be ${kind.expects}.`;
  return `| \`${variable}\` | \`${name}\` | ${usual}${production} | ${about}${note}${rule} |`;
}

function isNothing(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

const HEAD = `# Configuration

<!-- Generated from packages/server/src/config/options.ts. Change that file, then run: npm test -- config -u -->

Everything has a standard value: \`npm start\` needs no configuration. Options are environment variables, or keys of
\`parley.config.json\` in the working directory (another path: \`PARLEY_CONFIG\`). A variable wins over the file.

\`\`\`json
{ "host": "0.0.0.0", "port": 8080, "dataDir": "/var/lib/parley" }
\`\`\`

\`npm start -- config\` prints what is in force, without secrets. A wrong value ends the start with a sentence that names
it; an unknown key in the file does too; an unknown \`PARLEY_…\` variable is warned about. "In production" means
\`PARLEY_ENV=production\`, or \`NODE_ENV=production\` where \`PARLEY_ENV\` is not set.

What belongs to one app and may change while the server runs – switches, message limits, retention – is an app setting:
[app-settings.md](app-settings.md).
`;

const FOOT = `
## Signals

| Signal | What happens |
|---|---|
| SIGTERM, SIGINT | Clients are told to connect elsewhere, get \`PARLEY_DRAIN_SECONDS\`, and the process ends with 0. A second signal ends it at once; nothing acknowledged is lost either way. |
| SIGHUP | The TLS certificate and key are read again. |
`;
