/** Files that wait to be sent, base64: too large for local storage. Kept in the browser's database. */

const SHELF = 'waiting';

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open('app', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SHELF);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function within<T>(mode: IDBTransactionMode, work: (shelf: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(SHELF, mode);
      const request = work(transaction.objectStore(SHELF));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const blobs = {
  set: async (name: string, base64: string): Promise<void> => {
    await within('readwrite', (shelf) => shelf.put(base64, name));
  },
  get: async (name: string): Promise<string | null> =>
    (await within<string | undefined>('readonly', (shelf) => shelf.get(name))) ?? null,
  /** Forgets all but these. */
  keepOnly: async (names: string[]): Promise<void> => {
    const there = await within('readonly', (shelf) => shelf.getAllKeys());
    for (const name of there) {
      if (!names.includes(String(name))) await within('readwrite', (shelf) => shelf.delete(name));
    }
  },
};
