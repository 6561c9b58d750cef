import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const read = (file: string) =>
  readFileSync(join(fileURLToPath(new URL('..', import.meta.url)), file), 'utf8');

describe('the documentation', () => {
  it('[F-GEN-13] says where integrators get help, from the first page on', () => {
    expect(read('README.md')).toMatch(/\[SUPPORT\.md\]\(SUPPORT\.md\)/);
    const support = read('SUPPORT.md');
    for (const page of [
      'docs/guides/quick-start.md',
      'docs/guides/moving-an-app.md',
      'examples/README.md',
      'docs/reference/features.md',
      'SECURITY.md',
      'CONTRIBUTING.md',
    ]) {
      expect(support).toContain(`](${page})`);
    }
    // Whom to ask, and what nobody should send.
    expect(support).toMatch(/issues/i);
    expect(support).toMatch(/never post keys/i);
  });

  it('names switches and options that exist, beside the limits they change', () => {
    const known = read('docs/reference/app-settings.md') + read('docs/reference/configuration.md');
    const rows = read('docs/guides/limits.md').match(/^\|.*\|$/gm) ?? [];
    const names = rows.flatMap((row) => row.match(/`[A-Za-z_]+`/g) ?? []).filter((name) => name !== '`ttl`');
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(['moving-an-app.md', 'moving-an-app.zh-CN.md'])('names the option of every SDK in %s', (guide) => {
    const text = read(`docs/guides/${guide}`);
    for (const option of [
      'server:',
      'RTMServers',
      'RTMRouter',
      'LeanCloud.initialize(context, appId, appKey, ',
      'LeanCloud.setServer(LeanService.RTM, ',
      'setRtmServer(',
      'LCApplication.default.set(',
      'customizedServers:',
      'RTMCustomServerURL',
      'serverURLString:',
      'forServiceModule:',
      'LCApplication.Initialize(appId, appKey, ',
      'AV.init(',
    ]) {
      expect(text).toContain(option);
    }
  });
});
