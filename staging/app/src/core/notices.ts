/**
 * Notices: what the phone was told of orders and the subscription, newest first. What a notice says was true when it came;
 * opening one asks the server what is true now. Kept on the phone, at most `MOST`.
 */

import type { Claim } from './link';
import type { Store } from './store';

export interface Notice extends Claim {
  title: string;
  at: number;
}

const MOST = 30;

/** With one more at the front; the same claim of the same thing stands there once. */
export function added(notices: Notice[], notice: Notice): Notice[] {
  const others = notices.filter((one) => one.kind !== notice.kind || one.id !== notice.id || one.state !== notice.state);
  return [notice, ...others].slice(0, MOST);
}

/** What was kept for an account. */
export async function kept(store: Store, account: string): Promise<Notice[]> {
  const text = await store.get(`app:notices:${account}`);
  try {
    return text ? (JSON.parse(text) as Notice[]) : [];
  } catch {
    return [];
  }
}

/** Keep them for an account. */
export async function keep(store: Store, account: string, notices: Notice[]): Promise<void> {
  await store.set(`app:notices:${account}`, JSON.stringify(notices));
}
