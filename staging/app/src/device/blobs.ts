/** Files that wait to be sent, base64: too large for the small store. Kept in the app's own folder. */

import { File, Paths } from 'expo-file-system';

const PREFIX = 'waiting-';

export const blobs = {
  set: async (name: string, base64: string): Promise<void> => {
    const file = new File(Paths.document, PREFIX + name);
    file.create({ overwrite: true });
    file.write(base64);
  },
  get: async (name: string): Promise<string | null> => {
    const file = new File(Paths.document, PREFIX + name);
    return file.exists ? file.text() : null;
  },
  /** Forgets all but these. */
  keepOnly: async (names: string[]): Promise<void> => {
    for (const one of Paths.document.list()) {
      const waiting = one instanceof File && one.name.startsWith(PREFIX);
      if (waiting && !names.includes(one.name.slice(PREFIX.length))) one.delete();
    }
  },
};
