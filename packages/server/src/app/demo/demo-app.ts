import type { AppSettings } from '../../domain/app/app-settings.ts';
import type { AppRecord, AppRepository } from '../../domain/ports/app-repository.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import { randomKey } from '../provision-app.ts';

/** The app of the page at `/`. Its id is fixed, so that it is found again and told from the apps people made. */
export const DEMO_APP_ID = 'parley-demo';

/** Of one file; the page makes pictures small enough. */
export const MAX_UPLOAD_BYTES = 2 * 1024 * 1024;

/**
 * Enough for a handful of people who try everything, too little to be of use to anybody else. Whatever is in the app
 * is gone after a week.
 */
const settings: Partial<AppSettings> = {
  clientRateLimits: { messagesPerMinute: 120, historyQueriesPerMinute: 240, otherOperationsPerMinute: 240 },
  restMessagesPerMinute: 60,
  deliveriesPerSecond: 5_000,
  dailyClients: 1_000,
  maxServiceConversations: 0,
  messageRetentionDays: 7,
  conversationRetentionDays: 7,
  notificationRetentionDays: 1,
  restUploads: { perMinute: 30, perDay: 500 },
  maxFileBytes: MAX_UPLOAD_BYTES,
  fileRetentionDays: 7,
  privateConversations: true,
  appKeyFindsFiles: false,
  appKeyDeletesFiles: false,
  loginProviders: [],
};

/** Makes the demo app at the first start; its keys are its own. */
export async function provisionDemoApp(apps: AppRepository, clock: Clock): Promise<AppRecord> {
  const { app } = await apps.create({
    id: DEMO_APP_ID,
    appKey: randomKey(),
    masterKey: randomKey(),
    settings,
    createdAt: clock.now(),
  });
  return app;
}
