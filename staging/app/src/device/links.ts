/** The addresses that open the app: at its start, and while it runs. */

import { Linking } from 'react-native';

/** Tells `then` every address, the first one included. */
export function watch(then: (address: string) => void): void {
  Linking.addEventListener('url', ({ url }) => then(url));
  void Linking.getInitialURL().then((url) => {
    if (url) then(url);
  });
}
