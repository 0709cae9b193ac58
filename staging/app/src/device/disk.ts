/** The phone's own store. On the web it is the page's local storage. */

import AsyncStorage from '@react-native-async-storage/async-storage';

import type { Store } from '../core/store';

export const disk: Store = {
  get: (name) => AsyncStorage.getItem(name),
  set: (name, text) => AsyncStorage.setItem(name, text),
  remove: (name) => AsyncStorage.removeItem(name),
  names: async (prefix) => (await AsyncStorage.getAllKeys()).filter((name) => name.startsWith(prefix)),
};
