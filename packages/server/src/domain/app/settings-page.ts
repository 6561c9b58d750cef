import { appSettingsSchema, defaultAppSettings } from './app-settings.ts';

/** `docs/reference/app-settings.md`, from the schema of the settings. */
export function settingsPage(): string {
  const rows = Object.entries(appSettingsSchema.properties).map(([name, schema]) => {
    const standard = defaultAppSettings[name as keyof typeof defaultAppSettings];
    const { description = '' } = schema as { readonly description?: string };
    return `| \`${name}\` | ${shown(standard)} | ${description}${rangeOf(schema)} |`;
  });
  return `${HEAD}\n${rows.join('\n')}\n`;
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return `\`${JSON.stringify(value)}\``;
}

function rangeOf(schema: { readonly minimum?: number; readonly maximum?: number } | object): string {
  if (!('minimum' in schema) || !('maximum' in schema)) return '';
  return ` From ${schema.minimum} to ${schema.maximum}.`;
}

const HEAD = `# App settings

<!-- Generated from packages/server/src/domain/app/app-settings.ts. Change that file, then run: npm test -- domain/app -u -->

Switches and limits of one app. They are kept with the app's data and take effect at once, while the server runs:

\`\`\`
npm start -- app settings                                  # print all; a star marks what differs from the standard
npm start -- app settings allowEdit=off maxMembers=200     # change some
npm start -- app settings allowEdit=standard               # take one back
npm start -- app settings --json                           # for programs
\`\`\`

The command speaks to the running server through a socket in the data folder, or changes the data itself where no server
runs. Options of the process, such as ports and certificates, are in [configuration.md](configuration.md).

| Setting | Standard | What it is |
|---|---|---|`;
