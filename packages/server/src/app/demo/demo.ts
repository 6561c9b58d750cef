import { type PageFiles, preparePage, SamplePeople } from '@parley/demo';
import type { Logger } from 'pino';
import type { Config } from '../../config/index.ts';
import type { AppRecord } from '../../domain/ports/app-repository.ts';
import type { Store } from '../../domain/ports/store.ts';
import { everything } from '../../domain/query/condition.ts';
import type { FrontPage, TlsMaterial } from '../../gateway/index.ts';
import { MAX_UPLOAD_BYTES } from './demo-app.ts';
import { loopbackPlatform } from './loopback-platform.ts';

const FOLDER = '/demo/';

export interface Demo {
  readonly page: FrontPage;
  /** Makes the page, once the server listens. */
  start(wsUrl: string): void;
  stop(): Promise<void>;
}

export interface DemoParts {
  readonly app: AppRecord;
  readonly store: Pick<Store, 'conversations'>;
  readonly config: Pick<Config, 'publicUrl' | 'filesUrl'>;
  readonly tls: TlsMaterial | undefined;
  readonly logger: Logger;
}

/**
 * The chat page at `/`: its files, its app, and the sample people, who come when somebody asks for the page for the
 * first time. A server that nobody looked at lately does nothing for it. Where people have been talking, the two are
 * back at once after a restart: a page that is still open does not ask for anything again.
 */
export function createDemo({ app, store, config, tls, logger }: DemoParts): Demo {
  let files: Promise<PageFiles> | undefined;
  let people: SamplePeople | undefined;

  async function hasBeenUsed(): Promise<boolean> {
    const found = await store.conversations.query({
      app: app.key,
      condition: everything,
      sort: [],
      skip: 0,
      limit: 1,
      withLastMessage: false,
      budget: 1_000,
    });
    return found.length > 0;
  }

  async function prepare(): Promise<PageFiles> {
    const made = await preparePage(() => logger.info('Building the chat page, once …'));
    const { id: appId, appKey } = app;
    const bytes = Buffer.from(JSON.stringify({ appId, appKey, maxUploadBytes: MAX_UPLOAD_BYTES }));
    return new Map([
      ...made,
      ['config.json', { type: 'application/json;charset=utf-8', bytes, isImmutable: false }],
    ]);
  }

  return {
    page: {
      folder: FOLDER,
      origins: originsOf(config),
      files() {
        if (files === undefined) return Promise.reject(new Error('The server does not listen yet.'));
        people?.start();
        return files;
      },
    },
    start(wsUrl) {
      const options = { url: wsUrl, appId: app.id, appKey: app.appKey, platform: loopbackPlatform(tls) };
      const failed = (error: unknown) =>
        logger.warn({ err: error }, 'The sample people of the chat page could not do something.');
      people = new SamplePeople(options, failed);
      hasBeenUsed().then((isUsed) => isUsed && people?.start(), failed);
      files = prepare();
      files.catch((error: unknown) => logger.error({ err: error }, 'The chat page could not be made.'));
    },
    async stop() {
      const leaving = people;
      people = undefined;
      await leaving?.stop();
    },
  };
}

/** Where clients are sent for the socket and for files, if that is elsewhere. */
function originsOf({ publicUrl, filesUrl }: DemoParts['config']): string[] {
  const origins = [publicUrl, filesUrl].flatMap((url) => (url === undefined ? [] : [new URL(url).origin]));
  return [...new Set(origins.flatMap((origin) => [origin, origin.replace(/^http/, 'ws')]))];
}
