/** The payment sheet: opens when there is something to pay, pays with a card, and finds out what became of a lost answer. */

import { SUBSCRIPTION, orderName, type Order } from '../core/ordering';
import { Pause, backoff } from '../core/pause';
import { confirm, look, type Card, type Paid } from '../core/provider';
import { PROVIDER_URL } from '../device/config';
import type { Hub, Sheet } from './hub';
import type { Payable } from './reading';

export class Till {
  private readonly hub: Hub;
  private readonly pause: Pause;
  private readonly payables = new Map<string, Payable>();
  /** What was done in this life of the app: its sheet opens by itself, once. */
  private readonly expected = new Set<string>();

  constructor(hub: Hub, pause: Pause) {
    this.hub = hub;
    this.pause = pause;
  }

  /** Something new by this name: what was known of its payment is of the past. */
  expect(name: string): void {
    this.expected.add(name);
    this.payables.delete(name);
    this.hub.set({ taken: this.hub.get().taken.filter((one) => one !== name) });
  }

  forget(): void {
    this.payables.clear();
    this.expected.clear();
  }

  /** The server tells what is to be paid. */
  offer(what: Payable): void {
    this.payables.set(what.name, what);
    if (this.expected.has(what.name) && !this.hub.get().sheet) this.open(what.name);
  }

  /** Shows the sheet; false when the server has not told yet what is to be paid. */
  open(name: string): boolean {
    const what = this.payables.get(name);
    if (!what || this.hub.get().taken.includes(name)) return false;
    this.expected.delete(name);
    const { title, amount, currency } = this.priced(what);
    this.hub.set({ sheet: { name, title, amount, currency, payment: what.payment, phase: 'choosing', error: null } });
    return true;
  }

  dismiss(): void {
    this.hub.set({ sheet: null });
    this.pause.wake();
  }

  /** Pays; an answer that got lost is looked up and, only if nothing was taken, asked for again. */
  async pay(card: Card): Promise<boolean> {
    const sheet = this.hub.get().sheet;
    if (!sheet) return false;
    this.change(sheet.name, { phase: 'paying', error: null });
    let paid = await this.once(sheet, card);
    for (let attempts = 1; paid.kind === 'unknown' && this.isOpen(sheet.name); attempts += 1) {
      this.change(sheet.name, { phase: 'retrying' });
      await this.pause.for(backoff(attempts));
      paid = (await look(PROVIDER_URL, sheet.payment)) ?? (await this.once(sheet, card));
    }
    if (paid.kind === 'declined') this.change(sheet.name, { phase: 'choosing', error: paid.message });
    if (paid.kind === 'taken') this.close(sheet.name);
    return paid.kind === 'taken';
  }

  private async once(sheet: Sheet, card: Card): Promise<Paid> {
    const paid = await confirm(PROVIDER_URL, sheet.payment, card);
    if (paid.kind !== 'declined') return paid;
    // A payment that was taken a moment ago refuses a second one: that is no decline.
    const seen = await look(PROVIDER_URL, sheet.payment);
    return seen?.kind === 'taken' ? seen : paid;
  }

  private isOpen(name: string): boolean {
    return this.hub.get().sheet?.name === name;
  }

  private close(name: string): void {
    const { taken, sheet } = this.hub.get();
    this.hub.set({ taken: [...taken, name], sheet: sheet?.name === name ? null : sheet });
  }

  private change(name: string, change: Partial<Sheet>): void {
    const sheet = this.hub.get().sheet;
    if (sheet?.name === name) this.hub.set({ sheet: { ...sheet, ...change } });
  }

  private priced(what: Payable): { title: string; amount: number; currency: string } {
    const { catalogue, known } = this.hub.get();
    if (what.name === SUBSCRIPTION) {
      const plan = catalogue?.plans.find((one) => one.id === known.me?.subscription?.plan);
      return { title: plan ? `${plan.name} plan, monthly` : 'Your plan', amount: plan?.amount ?? 0, currency: plan?.currency ?? 'usd' };
    }
    const order = known.me?.orders.find((one: Order) => orderName(one.order_id) === what.name);
    const product = catalogue?.products.find((one) => one.id === order?.product_id);
    return { title: product?.name ?? 'Your order', amount: what.amount ?? 0, currency: what.currency ?? 'usd' };
  }
}
