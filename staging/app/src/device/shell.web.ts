/** Lets the page open without a network: `public/sw.js` keeps the page and its script. */
export function keepShell(): void {
  if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
}
