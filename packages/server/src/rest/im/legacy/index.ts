import type { RestRoute } from '../../route.ts';
import { legacyClientRoutes } from './clients.ts';
import { legacyLogRoutes } from './logs.ts';
import { legacyMessageRoutes } from './messages.ts';
import { legacyServiceRoutes } from './services.ts';
import { legacySilenceRoutes } from './silence.ts';

/** Version 1.1: other paths and other defaults for the same acts (`rest §8`). */
export const legacyRoutes: readonly RestRoute[] = [
  ...legacyMessageRoutes,
  ...legacyLogRoutes,
  ...legacyClientRoutes,
  ...legacySilenceRoutes,
  ...legacyServiceRoutes,
];
