/** Whether the browser believes that it has a network. It may be wrong: nothing depends on it but words and the moment of a retry. */

/** Tells `then` now, and at every change or return to the front. */
export function watch(then: (online: boolean) => void): void {
  const tell = (): void => then(navigator.onLine);
  window.addEventListener('online', tell);
  window.addEventListener('offline', tell);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') tell();
  });
  tell();
}
