import { type Parley, startParley } from '@parley/testkit';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/rest/index.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ store: 'memory' });
});
afterAll(() => parley.close());

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly Record<string, unknown>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: object };
  readonly responses: Record<string, { readonly content: object }>;
}

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly securitySchemes: object; readonly schemas: object };
}

const read = async () => (await (await fetch(`${parley.url}/openapi.json`)).json()) as Document;
const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
  );

describe('the document of the API', () => {
  it('[F-GEN-11] has every route, and no other', async () => {
    const document = await read();
    expect(document.openapi).toBe('3.1.0');
    const described = operationsOf(document).map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const served = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(described.toSorted()).toEqual(served.toSorted());
    expect(new Set(served).size).toBe(routes.length);
  });

  it('[F-GEN-11] is valid by the schema of OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...(await read()) });
    expect([valid, errors, validator.version]).toEqual([true, undefined, '3.1']);
  });

  it('describes every part of a path, names operations once, and uses only what it defines', async () => {
    const document = await read();
    const operations = operationsOf(document);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(document.tags.map(({ name }) => name));
    const schemes = Object.keys(document.components.securitySchemes);
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described =
        operation.parameters?.filter((each) => each.in === 'path').map(({ name }) => name) ?? [];
      expect([path, described.toSorted()]).toEqual([path, inPath.toSorted()]);
      for (const tag of operation.tags) expect(tags).toContain(tag);
      for (const scheme of operation.security.flatMap(Object.keys)) expect(schemes).toContain(scheme);
      expect(Object.keys(operation.responses)).toContain('default');
    }
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas).toHaveProperty(name ?? '');
    }
    expect(JSON.stringify(document)).not.toMatch(/"x-(rule|code)"/);
  });

  it('says what a route takes and answers', async () => {
    const { paths } = await read();
    const operation = paths['/1.2/rtm/conversations/{cid}/messages']?.post;
    expect(operation).toMatchObject({
      operationId: 'post-1.2-rtm-conversations-cid-messages',
      security: [{ appId: [], masterKey: [] }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { required: ['from_client', 'message'] } } },
      },
    });
  });
});

describe('the page of the API', () => {
  it('comes with all it needs from this server, and may load nothing else', async () => {
    const page = await fetch(`${parley.url}/docs/api`);
    const html = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).not.toMatch(/https?:\/\//);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files).toContain('/docs/api/swagger-ui-bundle.js');
    for (const path of files) {
      const file = await fetch(parley.url + path);
      expect([path, file.status]).toEqual([path, 200]);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(50);
      expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});
