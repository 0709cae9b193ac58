/** Which words stand at the top of the app, and the line below them. Pure: what is known goes in, two lines come out. */

import { SUBSCRIPTION, orderName, thingOf, type Known } from './ordering';
import type { Entry } from './outbox';
import * as words from './words';

/** What the person did or opened last. */
export type Focus =
  | { kind: 'account' }
  | { kind: 'thing'; name: string; about: string; word: string };

export interface Seen {
  entries: Entry[];
  focus: Focus;
  known: Known;
  online: boolean;
  now: number;
}

export interface Headline {
  word: string;
  detail: string;
}

/** The newest intent that waits, else what was done last, else what is still open, else the account. */
export function headline(seen: Seen): Headline {
  const waiting = seen.entries.at(-1);
  if (waiting) return ofEntry(waiting, seen);
  if (seen.focus.kind === 'thing') return ofThing(seen.focus, seen.known);
  return ofOpen(seen.known) ?? ofAccount(seen);
}

/** The words for an intent that waits. */
export function wordOf(entry: Entry, now: number): string {
  return words.ofWaiting(entry.kind, entry.attempts, entry.kept ? entry.at : now, now);
}

function ofEntry(entry: Entry, seen: Seen): Headline {
  const word = wordOf(entry, seen.now);
  if (word !== words.RETRYING) return { word, detail: `${entry.about}. On its way.` };
  const why = seen.online ? 'No answer yet.' : 'You are offline.';
  return { word, detail: `${entry.about}. ${why} It is kept on this phone and goes out by itself.` };
}

function ofThing(focus: Extract<Focus, { kind: 'thing' }>, known: Known): Headline {
  return { word: thingOf(known, focus.name)?.state ?? focus.word, detail: focus.about };
}

function ofOpen(known: Known): Headline | null {
  const order = known.me?.orders.findLast((one) => one.status === 'pending' || one.status === 'awaiting_payment');
  if (order) return { word: thingOf(known, orderName(order.order_id))?.state ?? order.state, detail: 'An order of yours' };
  const subscription = thingOf(known, SUBSCRIPTION);
  const waits = subscription && ['pending', 'incomplete', 'past_due'].includes(subscription.status);
  return waits ? { word: subscription.state, detail: 'Your subscription' } : null;
}

function ofAccount(seen: Seen): Headline {
  if (!seen.known.me) return { word: words.CHECKING, detail: seen.online ? 'Reading your account.' : 'You are offline.' };
  const detail = seen.online ? 'Your account' : 'You are offline. This is what was known last.';
  return { word: seen.known.me.state, detail };
}
