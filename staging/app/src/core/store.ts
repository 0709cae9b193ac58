/** What survives the end of the app: names and texts. */
export interface Store {
  get: (name: string) => Promise<string | null>;
  set: (name: string, text: string) => Promise<void>;
  remove: (name: string) => Promise<void>;
  names: (prefix: string) => Promise<string[]>;
}

/** A store that forgets with the app: for tests. */
export function memory(): Store {
  const held = new Map<string, string>();
  return {
    get: async (name) => held.get(name) ?? null,
    set: async (name, text) => void held.set(name, text),
    remove: async (name) => void held.delete(name),
    names: async (prefix) => [...held.keys()].filter((name) => name.startsWith(prefix)),
  };
}
