/** The address that opened the page. It is taken out of the bar, so that a reload does not open the same notice again. */

/** Tells `then` the address. */
export function watch(then: (address: string) => void): void {
  const address = location.href;
  if (location.search) history.replaceState(null, '', location.pathname);
  then(address);
}
