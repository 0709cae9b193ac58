/** The app without its screens: who is signed in, what they do, and what they see of it. The screens call this and nothing else. */

import * as Crypto from 'expo-crypto';

import { ask, type Answer } from '../core/api';
import { claimOf, leadOf, type Claim } from '../core/link';
import * as notices from '../core/notices';
import { NOTHING, SUBSCRIPTION, orderName, ordersOf, thingOf, ticketName, withThing, type Known } from '../core/ordering';
import { Outbox, type Entry, type Intent } from '../core/outbox';
import { Pause } from '../core/pause';
import type { Card } from '../core/provider';
import * as words from '../core/words';
import { alone } from '../device/alone';
import { blobs } from '../device/blobs';
import { API_URL } from '../device/config';
import { disk } from '../device/disk';
import * as links from '../device/links';
import * as network from '../device/network';
import { keepShell } from '../device/shell';
import { vault } from '../device/vault';
import type { Screen } from '../testIDs';
import { Desk } from './desk';
import { Entrance, type SignUp } from './entrance';
import { Hub, NOBODY, type Product, type Session } from './hub';
import { news } from './news';
import { Reading } from './reading';
import { Till } from './till';

const SEND_MS = 12_000;
const UPLOAD_MS = 60_000;
const FIRST_STATUS: Partial<Record<Intent['kind'], string>> = { help: 'received', buy: 'pending', subscribe: 'pending' };
const NOT_KEPT = 'This phone has no room to keep it. Nothing was sent.';

export interface Question {
  draft: string;
  subject: string;
  message: string;
  category: string;
  file: { name: string; content_type: string; base64: string } | null;
}

export class App {
  readonly hub = new Hub();
  readonly store = disk;
  readonly pause = new Pause();
  readonly till = new Till(this.hub, this.pause);
  readonly desk = new Desk(this.hub, this.pause);
  readonly entrance = new Entrance(this.hub, this.store, this.pause, newKey);
  readonly reading = new Reading(this.hub, {
    signedOut: () => void this.signOut('Please sign in again.'),
    learned: (before, after) => this.learned(before, after),
    payable: (what) => this.till.offer(what),
  });
  outbox: Outbox | null = null;
  private address = '';

  /** Begins the app's life: what an earlier one left is taken up before anything is asked of a server. */
  async start(): Promise<void> {
    keepShell();
    network.watch((online) => this.networkIs(online));
    const session = readable<Session | null>(await vault.get(), null);
    this.hub.set({ catalogue: readable(await this.store.get('app:catalogue'), null) });
    this.hub.set({ lead: readable(await this.store.get('app:lead'), null) });
    if (session) await this.enter(session);
    this.hub.set({ ready: true });
    links.watch((address) => void this.opened(address));
  }

  /** The outbox of an account on this phone. */
  makeOutbox(account: string, store = this.store, Kind: typeof Outbox = Outbox): Outbox {
    return new Kind(account, {
      store,
      send: (entry, key) => this.send(entry, key),
      newKey,
      now: Date.now,
      later: (ms, then) => void setTimeout(then, ms),
      alone,
      changed: () => this.outboxChanged(),
      settled: (entry, answer) => this.settled(entry, answer),
    });
  }

  go(screen: Screen): void {
    if (!this.hub.get().session) this.entrance.giveUp();
    this.hub.set({ screen, error: null });
  }

  clearError(): void {
    this.hub.set({ error: null });
  }

  async signUp(form: SignUp): Promise<void> {
    await this.welcome(await this.entrance.signUp(form, this.hub.get().lead));
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.welcome(await this.entrance.signIn(email, password));
  }

  /** Forgets the person; intents that wait stay on the phone for their next visit. */
  async signOut(error: string | null = null): Promise<void> {
    const account = this.account();
    this.outbox?.close();
    this.outbox = null;
    this.till.forget();
    this.hub.set({ ...NOBODY, screen: error ? 'signin' : 'signup', error });
    await vault.clear();
    await this.store.remove(`app:known:${account}`);
    await this.store.remove(`app:notices:${account}`);
  }

  /** Buys a pack; an order of it that waits for its payment is paid instead. */
  async buy(product: Product): Promise<void> {
    const waiting = ordersOf(this.hub.get().known).find(
      (one) => one.product_id === product.id && one.status === 'awaiting_payment',
    );
    if (waiting) return this.pay(orderName(waiting.order_id));
    const body = { product_id: product.id };
    await this.want({ slot: `buy:${product.id}`, kind: 'buy', path: '/v1/orders', body, about: product.name });
  }

  async subscribe(plan: string): Promise<void> {
    await this.wantPlan('subscribe', '/v1/subscription', { plan_id: plan }, 'Your subscription');
  }

  async changePlan(plan: string): Promise<void> {
    await this.wantPlan('change_plan', '/v1/subscription/plan', { plan_id: plan }, 'Your change of plan');
  }

  async cancel(): Promise<void> {
    await this.wantPlan('cancel', '/v1/subscription/cancel', {}, 'Your cancellation');
  }

  /** Asks the team; true when the question is kept on this phone, so that the form may be emptied. */
  async help(question: Question): Promise<boolean> {
    const { draft, subject, message, category, file } = question;
    const intent: Intent = { slot: `help:${draft}`, kind: 'help', path: '/v1/tickets', body: { subject, message, category }, about: 'Your question' };
    if (!file) return this.want(intent);
    const attachment = { name: file.name, content_type: file.content_type, blob: draft };
    return this.want({ ...intent, attachment }, () => blobs.set(draft, file.base64));
  }

  /** Opens the payment of something that waits for it; from here on the headline tells what becomes of it. */
  async pay(name: string): Promise<void> {
    const word = thingOf(this.hub.get().known, name)?.state ?? words.PAYMENT_PENDING;
    this.hub.set({ focus: { kind: 'thing', name, about: name === SUBSCRIPTION ? 'Your subscription' : 'Your order', word } });
    if (this.till.open(name)) return;
    this.till.expect(name);
    await this.reading.refresh();
  }

  async payWith(card: Card): Promise<void> {
    if (await this.till.pay(card)) this.reading.begin();
  }

  async openNotice({ kind, id, state }: Claim, title = 'Opened from a notification'): Promise<void> {
    await this.keepNotices([{ kind, id, state, title, at: Date.now() }]);
    await this.desk.open({ kind, id, state });
  }

  private async welcome(session: Session | null): Promise<void> {
    if (!session) return;
    await vault.set(JSON.stringify(session));
    await this.store.remove('app:lead');
    await this.enter(session);
    if (this.address) await this.opened(this.address);
  }

  private async enter(session: Session): Promise<void> {
    const account = session.email.toLowerCase();
    const known = readable<Known>(await this.store.get(`app:known:${account}`), NOTHING);
    this.hub.set({ ...NOBODY, session, known, screen: 'plans', error: null, notices: await notices.kept(this.store, account) });
    this.outbox = this.makeOutbox(account);
    await this.outbox.resume();
    void this.dropBlobs();
    this.reading.soon();
    void this.reading.run();
  }

  private async opened(address: string): Promise<void> {
    const lead = leadOf(address);
    if (lead && !this.hub.get().session) {
      this.hub.set({ lead });
      await this.store.set('app:lead', JSON.stringify(lead));
    }
    const claim = claimOf(address);
    this.address = claim && !this.hub.get().session ? address : '';
    if (claim && this.hub.get().session) await this.openNotice(claim);
  }

  private networkIs(online: boolean): void {
    this.hub.set({ online });
    if (!online) return;
    this.pause.wake();
    this.outbox?.wake();
    this.reading.soon();
  }

  private wantPlan(kind: Intent['kind'], path: string, body: Record<string, unknown>, about: string): Promise<boolean> {
    return this.want({ slot: SUBSCRIPTION, kind, path, body, about });
  }

  async want(intent: Intent, before?: () => Promise<void>): Promise<boolean> {
    this.hub.set({ error: null });
    try {
      return (await this.outbox?.add(intent, before)) ?? false;
    } catch {
      this.hub.set({ error: NOT_KEPT });
      return false;
    }
  }

  private async send(entry: Entry, key: string): Promise<Answer> {
    const { session } = this.hub.get();
    const body = { ...entry.body };
    if (entry.attachment) {
      const { name, content_type, blob } = entry.attachment;
      const content_base64 = await blobs.get(blob);
      if (!content_base64) return { kind: 'refused', status: 0, message: 'The file is no longer on this phone. Please ask again.' };
      body['attachment'] = { name, content_type, content_base64 };
    }
    const timeoutMs = entry.attachment ? UPLOAD_MS : SEND_MS;
    const answer = await ask({ method: 'POST', url: API_URL + entry.path, token: session?.token, key, body, timeoutMs });
    if (answer.kind !== 'refused' || answer.status !== 401) return answer;
    await this.signOut('Please sign in again. What you asked for is kept on this phone.');
    return { kind: 'unknown', why: 'not signed in' };
  }

  /** The server has answered an intent: accepted, or refused for good. */
  private async settled(entry: Entry, answer: Answer): Promise<void> {
    if (answer.kind === 'refused') this.hub.set({ error: `${entry.about}: ${answer.message}` });
    if (answer.kind === 'ok') this.accepted(entry, answer.body);
    this.reading.begin();
  }

  private accepted(entry: Entry, body: Record<string, unknown>): void {
    const word = String(body['state']);
    const name = nameOf(entry, body);
    if (!name) return;
    const { known } = this.hub.get();
    const was = known.things[name];
    const status = FIRST_STATUS[entry.kind] ?? was?.status ?? 'active';
    this.hub.set({
      known: withThing(known, name, { state: word, status, asOf: Math.max(known.asOf, was?.asOf ?? 0) }),
      focus: { kind: 'thing', name, about: entry.about, word },
    });
    if (entry.kind === 'buy' || entry.kind === 'subscribe') this.till.expect(name);
    if (entry.kind === 'buy') this.hub.set({ placed: { ...this.hub.get().placed, [name]: String(entry.body['product_id']) } });
  }

  private outboxChanged(): void {
    this.hub.set({ entries: this.outbox?.list() ?? [] });
  }

  private learned(before: Known, after: Known): void {
    const { catalogue } = this.hub.get();
    const account = this.account();
    void this.store.set(`app:known:${account}`, JSON.stringify(after));
    if (catalogue) void this.store.set('app:catalogue', JSON.stringify(catalogue));
    const told = news(before, after, catalogue, Date.now());
    if (told.length) void this.keepNotices(told);
  }

  private async keepNotices(more: notices.Notice[]): Promise<void> {
    const all = more.reduce(notices.added, this.hub.get().notices);
    this.hub.set({ notices: all });
    await notices.keep(this.store, this.account(), all);
  }

  private async dropBlobs(): Promise<void> {
    const left = (await this.outbox?.left()) ?? [];
    const wanted = left.flatMap((entry) => (entry.attachment ? [entry.attachment.blob] : []));
    await blobs.keepOnly(wanted).catch(() => undefined);
  }

  private account(): string {
    return this.hub.get().session?.email.toLowerCase() ?? '';
  }
}

function nameOf(entry: Entry, body: Record<string, unknown>): string | null {
  if (entry.kind === 'buy') return orderName(String(body['order_id']));
  if (entry.kind === 'help') return ticketName(String(body['ticket_id']));
  return ['subscribe', 'change_plan', 'cancel'].includes(entry.kind) ? SUBSCRIPTION : null;
}

/** A key that no other intent has. */
export function newKey(): string {
  return Crypto.randomUUID();
}

function readable<T>(text: string | null, otherwise: T): T {
  try {
    return text ? (JSON.parse(text) as T) : otherwise;
  } catch {
    return otherwise;
  }
}
