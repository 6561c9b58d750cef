import type { Platform } from './platform.ts';
import { type WebPlatformOptions, webPlatform } from './web.ts';

/** React Native's `AppState`. */
export interface AppStateLike {
  readonly currentState: string | null;
  addEventListener(name: 'change', listener: (state: string) => void): { remove(): void };
}

/** `@react-native-community/netinfo`, if the app has it. */
export interface NetInfoLike {
  addEventListener(listener: (state: { isConnected: boolean | null }) => void): () => void;
}

export interface ReactNativeOptions extends Pick<WebPlatformOptions, 'WebSocket'> {
  readonly AppState: AppStateLike;
  readonly NetInfo?: NetInfoLike;
  /** A stable id of the device; without one, every start of the app is a device of its own. */
  readonly deviceId?: string;
  /** How long an app in the background keeps its connection, in milliseconds. Default: 5 seconds. */
  readonly backgroundGrace?: number;
}

const BACKGROUND_GRACE = 5_000;

/**
 * React Native. An app in the background gives its connection up after a moment, so that messages come as pushes; the
 * moment spares those who only look at a notification. `inactive` (a call, the app switcher) is no background.
 *
 * @example
 * import { AppState } from 'react-native';
 * const platform = reactNativePlatform({ AppState });
 */
export function reactNativePlatform(options: ReactNativeOptions): Platform {
  const { AppState, NetInfo, deviceId } = options;
  const web = webPlatform(options.WebSocket === undefined ? {} : { WebSocket: options.WebSocket });
  let isOnline = true;
  return {
    ...web,
    ...(deviceId !== undefined && { deviceId: () => deviceId }),
    network: NetInfo && {
      isOnline: () => isOnline,
      watch: (listener) =>
        NetInfo.addEventListener(({ isConnected }) => {
          isOnline = isConnected !== false;
          listener(isOnline);
        }),
    },
    visibility: {
      grace: options.backgroundGrace ?? BACKGROUND_GRACE,
      isVisible: () => AppState.currentState !== 'background',
      watch(listener) {
        const subscription = AppState.addEventListener('change', (state) => listener(state !== 'background'));
        return () => subscription.remove();
      },
    },
  };
}
