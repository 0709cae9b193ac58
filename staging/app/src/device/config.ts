/** Where the app finds its two servers. The only configuration there is; nothing of it is secret. */

declare const location: { origin?: string } | undefined;

const origin = typeof location === 'undefined' ? '' : (location.origin ?? '');

/** The pipeline. On the web it is the page's own origin, unless the export names another. */
export const API_URL = process.env.EXPO_PUBLIC_API_URL || origin;

/** The payment provider's API, which its mobile SDK would talk to. */
export const PROVIDER_URL = process.env.EXPO_PUBLIC_PROVIDER_URL || (origin ? `${origin}/provider` : '');

/** What is missing, in words; nothing when all is there. */
export function missing(): string | null {
  const names = [API_URL ? '' : 'EXPO_PUBLIC_API_URL', PROVIDER_URL ? '' : 'EXPO_PUBLIC_PROVIDER_URL'].filter(Boolean);
  return names.length ? `This build does not know its servers. Set ${names.join(' and ')} and export it again.` : null;
}
