/** What an address that opened the app asks for: an old notification, or where a new person came from. Pure. */

export interface Claim {
  kind: 'order' | 'subscription';
  id: string;
  /** What the notification says; shown to nobody, told to the server only. */
  state: string;
}

export type Lead = Record<string, string>;

const LEAD = ['utm_source', 'utm_medium', 'utm_campaign', 'referral'];
const ID = /^[A-Za-z0-9_-]{1,100}$/;

/** The notification that an address opens, if it names one. */
export function claimOf(address: string): Claim | null {
  const values = query(address);
  const { kind, id = '', state = '' } = values;
  if ((kind !== 'order' && kind !== 'subscription') || !ID.test(id)) return null;
  return { kind, id, state: printable(state) };
}

/** Where the person came from, if the address says so. */
export function leadOf(address: string): Lead | null {
  const values = query(address);
  const lead = LEAD.flatMap((name) => (values[name] ? [[name, printable(values[name])]] : []));
  return lead.length ? (Object.fromEntries(lead) as Lead) : null;
}

/** The values of an address, read by hand: not every engine on a phone has a whole URLSearchParams. */
export function query(address: string): Record<string, string> {
  const text = (address.split('#')[0] ?? '').split('?')[1] ?? '';
  const pairs = text.split('&').filter(Boolean).map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([name = '', ...rest]) => [decoded(name), decoded(rest.join('='))]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

function printable(text: string): string {
  return [...text].filter((sign) => sign >= ' ' && sign !== '\u007f').join('').slice(0, 100);
}
