/**
 * Reading the server again and again: often while something is open, seldom when all is quiet. Readings may overlap and come
 * back in any order; `core/ordering` keeps the newest. A reading begun before an intent was accepted tells nothing of it.
 */

import { ask } from '../core/api';
import {
  SUBSCRIPTION, asOf, orderName, thingOf, withMe, withThing, type Known, type Me, type Order, type Payment,
} from '../core/ordering';
import { Pause } from '../core/pause';
import { RETRYING, SYNCING } from '../core/words';
import { API_URL } from '../device/config';
import type { Catalogue, Hub, Session } from './hub';

const OFTEN_MS = 700;
const SOMETIMES_MS = 2_500;
const SELDOM_MS = 6_000;
const LIVELY_FOR_MS = 30_000;
const TIMEOUT_MS = 6_000;

export interface Payable {
  name: string;
  amount: number | null;
  currency: string | null;
  payment: Payment;
}

export interface Told {
  signedOut: () => void;
  learned: (before: Known, after: Known) => void;
  payable: (what: Payable) => void;
}

export class Reading {
  private readonly hub: Hub;
  private readonly told: Told;
  private readonly pause = new Pause();
  private epoch = 0;
  private lively = 0;
  private running = false;

  constructor(hub: Hub, told: Told) {
    this.hub = hub;
    this.told = told;
  }

  /** Something was accepted: what was read before is of the past. */
  begin(): void {
    this.epoch += 1;
    this.soon();
  }

  /** Look now, and often for a while. */
  soon(): void {
    this.lively = Date.now() + LIVELY_FOR_MS;
    this.pause.wake();
  }

  /** Reads as long as this session lasts. */
  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.hub.get().session) {
      await this.refresh();
      await this.pause.for(this.rest());
    }
    this.running = false;
  }

  /** One reading of everything. */
  async refresh(): Promise<void> {
    const { session, catalogue } = this.hub.get();
    if (!session) return;
    const mark = { epoch: this.epoch, session };
    const body = await this.read('/v1/me', mark);
    if (!body) return;
    const me = body.answer as unknown as Me;
    this.learn(withMe(this.hub.get().known, me, body.at));
    await Promise.all([
      ...this.payableOrders(me).map((order) => this.readOrder(order, mark)),
      this.readSubscription(me, mark),
      catalogue ? undefined : this.readCatalogue(mark),
    ]);
  }

  private async readOrder(order: Order, mark: Mark): Promise<void> {
    const body = await this.read(`/v1/orders/${order.order_id}`, mark);
    if (!body) return;
    const name = orderName(order.order_id);
    this.learnThing(name, body);
    const payment = body.answer['payment'] as Payment | null;
    if (payment) this.told.payable({ name, amount: order.amount, currency: order.currency, payment });
  }

  private async readSubscription(me: Me, mark: Mark): Promise<void> {
    if (!me.subscription && !thingOf(this.hub.get().known, SUBSCRIPTION)) return;
    const body = await this.read('/v1/subscription', mark);
    if (!body) return;
    this.learnThing(SUBSCRIPTION, body);
    const payment = body.answer['payment'] as Payment | null;
    if (payment) this.told.payable({ name: SUBSCRIPTION, amount: null, currency: null, payment });
  }

  private async readCatalogue(mark: Mark): Promise<void> {
    const body = await this.read('/v1/catalogue', mark);
    if (body) this.hub.set({ catalogue: body.answer as unknown as Catalogue });
  }

  private async read(path: string, mark: Mark): Promise<Body | null> {
    const asked = Date.now();
    const answer = await ask({ method: 'GET', url: API_URL + path, token: mark.session.token, timeoutMs: TIMEOUT_MS });
    const now = this.hub.get();
    if (now.session !== mark.session || this.epoch !== mark.epoch) return null;
    if (answer.kind === 'refused' && answer.status === 401) this.told.signedOut();
    return answer.kind === 'ok' ? { answer: answer.body, at: asOf(answer.body, asked) } : null;
  }

  private learnThing(name: string, { answer, at }: Body): void {
    const thing = { state: String(answer['state']), status: String(answer['status']), asOf: at };
    this.learn(withThing(this.hub.get().known, name, thing));
  }

  private learn(known: Known): void {
    const before = this.hub.get().known;
    if (before === known) return;
    this.hub.set({ known });
    this.told.learned(before, known);
  }

  private payableOrders(me: Me): Order[] {
    return me.orders.filter((order) => order.status === 'awaiting_payment' || order.status === 'failed').slice(-5);
  }

  private rest(): number {
    if (Date.now() < this.lively) return OFTEN_MS;
    return isOpen(this.hub.get().known) ? SOMETIMES_MS : SELDOM_MS;
  }
}

interface Mark {
  epoch: number;
  session: Session;
}

interface Body {
  answer: Record<string, unknown>;
  at: number;
}

function isOpen(known: Known): boolean {
  const { me, things } = known;
  if (!me) return true;
  const words = [me.state, ...Object.values(things).map((thing) => thing.state)];
  return words.some((word) => word === SYNCING || word === RETRYING) || me.orders.some((one) => one.status === 'pending');
}
