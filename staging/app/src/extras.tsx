/** What a test build adds to the app. The build that ships adds nothing: this file. See metro.config.js. */

import type { App } from './model/app';
import type { Product } from './model/hub';

export function plant(_app: App): void {}

export function ProductExtra(_: { product: Product }): null {
  return null;
}
