/** Whether the phone believes that it has a network. It may be wrong: nothing depends on it but words and the moment of a retry. */

import * as Network from 'expo-network';
import { AppState } from 'react-native';

/** Tells `then` now, and at every change or return to the front. */
export function watch(then: (online: boolean) => void): void {
  const tell = async (): Promise<void> => then((await Network.getNetworkStateAsync()).isConnected ?? true);
  Network.addNetworkStateListener((state) => then(state.isConnected ?? true));
  AppState.addEventListener('change', (state) => {
    if (state === 'active') void tell();
  });
  void tell();
}
