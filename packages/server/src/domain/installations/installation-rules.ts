import type { ClassRules } from '../records/class-rules.ts';

export const INSTALLATION = '_Installation';

/** `storage-subset §8.1`. Two objects with one device token are one device that was set up again. */
export const installationRules: ClassRules = {
  may: () => ({ create: 'app', find: 'master', get: 'app', update: 'app', delete: 'master' }),
  types: {
    deviceType: 'string',
    installationId: 'string',
    deviceToken: 'string',
    apnsTeamId: 'string',
    apnsTopic: 'string',
    deviceProfile: 'string',
    badge: 'number',
    channels: 'strings',
    timeZone: 'string',
    registrationId: 'string',
    vendor: 'string',
    valid: 'boolean',
  },
  serverColumns: new Set(),
  privateColumns: new Set(),
  keys: ({ installationId, deviceToken, deviceType, apnsTeamId }) => [
    ...(isText(installationId) ? [{ name: 'installationId', value: installationId }] : []),
    ...(isText(deviceToken)
      ? [
          {
            name: 'deviceToken',
            value: JSON.stringify([deviceType ?? null, apnsTeamId ?? null, deviceToken]),
          },
        ]
      : []),
  ],
  takenRefusals: {},
};

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
