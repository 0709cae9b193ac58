/** What a new reading tells that a person would want to be told: it becomes a notice. Pure. */

import type { Notice } from '../core/notices';
import { SUBSCRIPTION, orderName, thingOf, type Known } from '../core/ordering';
import type { Catalogue } from './hub';

const ENDS = new Set(['paid', 'failed', 'active', 'past_due', 'canceled']);

/** A notice for every order and subscription that came to an end between two readings. */
export function news(before: Known, after: Known, catalogue: Catalogue | null, now: number): Notice[] {
  if (!before.me) return [];
  const orders = (after.me?.orders ?? []).flatMap((order) => {
    const product = catalogue?.products.find((one) => one.id === order.product_id);
    return changed(before, after, orderName(order.order_id), {
      kind: 'order', id: order.order_id, title: product?.name ?? 'An order', at: now,
    });
  });
  const subscription = changed(before, after, SUBSCRIPTION, {
    kind: 'subscription', id: 'current', title: 'Your subscription', at: now,
  });
  return [...orders, ...subscription];
}

function changed(before: Known, after: Known, name: string, notice: Omit<Notice, 'state'>): Notice[] {
  const [was, is] = [thingOf(before, name), thingOf(after, name)];
  if (!is || was?.status === is.status || !ENDS.has(is.status) || !was) return [];
  return [{ ...notice, state: is.state }];
}
