/** Where the access token is kept: a browser has no key chain, so in local storage, which scripts of this origin can read. */

const NAME = 'app:session';

export const vault = {
  get: async (): Promise<string | null> => localStorage.getItem(NAME),
  set: async (text: string): Promise<void> => localStorage.setItem(NAME, text),
  clear: async (): Promise<void> => localStorage.removeItem(NAME),
};
