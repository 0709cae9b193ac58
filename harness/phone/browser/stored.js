// All that this origin keeps in the browser, as JSON. Bytes that are text are text, others are base64.
async () => {
  const base64 = (bytes) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  };
  const ofBytes = (bytes) => {
    try { return new TextDecoder('utf-8', { fatal: true }).decode(bytes); } catch { return { base64: base64(bytes) }; }
  };
  const plain = async (value) => {
    if (value instanceof Blob) return { type: value.type, content: ofBytes(new Uint8Array(await value.arrayBuffer())) };
    if (value instanceof ArrayBuffer) return ofBytes(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) return ofBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    if (value instanceof Map || value instanceof Set) return plain([...value]);
    if (Array.isArray(value)) return Promise.all(value.map(plain));
    if (value === null || typeof value !== 'object' || value instanceof Date) return typeof value === 'bigint' ? String(value) : value;
    return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, one]) => [name, await plain(one)])));
  };
  const asked = (request) => new Promise((then, fail) => {
    request.onsuccess = () => then(request.result);
    request.onerror = () => fail(request.error);
  });
  const database = async ({ name }) => {
    const open = await asked(indexedDB.open(name));
    const stores = {};
    for (const store of open.objectStoreNames) {
      const there = open.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([asked(there.getAllKeys()), asked(there.getAll())]);
      stores[store] = await Promise.all(keys.map(async (key, at) => [await plain(key), await plain(values[at])]));
    }
    open.close();
    return [name, stores];
  };
  const cache = async (name) => {
    const there = await caches.open(name);
    const entries = await Promise.all((await there.keys()).map(async (request) => {
      const response = await there.match(request, { ignoreVary: true });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { url: request.url, asked: [...request.headers], headers: [...response.headers], base64: base64(bytes) };
    }));
    return [name, entries];
  };
  return {
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: Object.fromEntries(await Promise.all((await indexedDB.databases()).map(database))),
    caches: Object.fromEntries(await Promise.all((await caches.keys()).map(cache))),
  };
}
