/** The app and the newest picture of it, for screens. */

import { useSyncExternalStore } from 'react';

import { App } from '../model/app';
import type { Picture } from '../model/hub';

export const app = new App();

export function usePicture(): Picture {
  return useSyncExternalStore(app.hub.subscribe, app.hub.get, app.hub.get);
}
