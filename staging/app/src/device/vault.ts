/** Where the access token is kept: the phone's key chain. */

import * as SecureStore from 'expo-secure-store';

const NAME = 'app.session';

export const vault = {
  get: (): Promise<string | null> => SecureStore.getItemAsync(NAME),
  set: (text: string): Promise<void> => SecureStore.setItemAsync(NAME, text),
  clear: (): Promise<void> => SecureStore.deleteItemAsync(NAME),
};
