/** The words the app shows. The server's own words are shown as they are; these are for what it has not answered yet. */

export const PAYMENT_PENDING = 'Payment pending';
export const SYNCING = 'Account syncing';
export const RETRYING = 'Action failed; retrying automatically';
export const UP_TO_DATE = 'Up to date';
export const SENDING = 'Sending';
export const CHECKING = 'Checking';
export const UNKNOWN = 'Unknown';

export type IntentKind = 'sign_up' | 'sign_in' | 'buy' | 'subscribe' | 'change_plan' | 'cancel' | 'help';

/** What is true of an intent while its first attempt is under way. A question is no ticket before the server says so. */
export const UNDER_WAY: Record<IntentKind, string> = {
  sign_up: SYNCING,
  sign_in: CHECKING,
  buy: PAYMENT_PENDING,
  subscribe: PAYMENT_PENDING,
  change_plan: SYNCING,
  cancel: SYNCING,
  help: SENDING,
};

/** After so long without an answer an intent counts as queued, whatever the network claims. */
export const QUEUED_AFTER_MS = 1_200;

/** The words for an intent that waits for the server. */
export function ofWaiting(kind: IntentKind, attempts: number, since: number, now: number): string {
  return attempts > 0 || now - since >= QUEUED_AFTER_MS ? RETRYING : UNDER_WAY[kind];
}

export type Tone = 'good' | 'busy' | 'bad' | 'calm';

const TONES: Record<string, Tone> = {
  [PAYMENT_PENDING]: 'busy',
  [SYNCING]: 'busy',
  [SENDING]: 'busy',
  [CHECKING]: 'busy',
  [RETRYING]: 'bad',
  'Payment failed': 'bad',
  'Action failed': 'bad',
  Paid: 'good',
  'Ticket received': 'good',
  'Ticket open': 'good',
  [UP_TO_DATE]: 'good',
};

/** How a word looks; a word that nobody knows is calm. */
export function tone(word: string): Tone {
  return TONES[word] ?? 'calm';
}
