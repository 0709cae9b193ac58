import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Answer } from '../src/core/api';
import { Outbox, type Entry, type Intent } from '../src/core/outbox';
import { memory, type Store } from '../src/core/store';

const BUY: Intent = { slot: 'buy:one', kind: 'buy', path: '/v1/orders', body: { product_id: 'one' }, about: 'One' };
const ACCEPTED: Answer = { kind: 'ok', body: { order_id: 'ord_1', state: 'Payment pending' } };
const LOST: Answer = { kind: 'unknown', why: 'no connection' };

/** A phone whose network answers what it is told to, in turn; the last answer stays. */
class Phone {
  sent: { slot: string; key: string }[] = [];
  settled: [string, string][] = [];
  timers: (() => void)[] = [];
  held: ((answer: Answer) => void)[] = [];
  keys = 0;
  time = 0;
  readonly store: Store;
  private readonly answers: (Answer | 'hold')[];

  constructor(store: Store, ...answers: (Answer | 'hold')[]) {
    this.store = store;
    this.answers = answers;
  }

  outbox(account = 'ada'): Outbox {
    return new Outbox(account, {
      store: this.store,
      send: (entry, key) => this.answer(entry, key),
      newKey: () => `key-${(this.keys += 1)}`,
      now: () => this.time,
      later: (_ms, then) => void this.timers.push(then),
      alone: (_name, work) => work(),
      changed: () => undefined,
      settled: async (entry, answer) => void this.settled.push([entry.key, answer.kind]),
    });
  }

  private answer(entry: Entry, key: string): Promise<Answer> {
    this.sent.push({ slot: entry.slot, key });
    const next = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) as Answer | 'hold';
    return next === 'hold' ? new Promise((done) => this.held.push(done)) : Promise.resolve(next);
  }

  /** All timers that are set go off, as after a long time. */
  async later(): Promise<void> {
    this.time += 60_000;
    for (const then of this.timers.splice(0)) then();
    await quiet();
  }
}

const quiet = (): Promise<void> => new Promise((done) => setImmediate(done));

test('an intent is written down, with its key, before it is sent', async () => {
  const order: string[] = [];
  const store = memory();
  const phone = new Phone({ ...store, set: async (name, text) => { order.push('written'); await store.set(name, text); } }, ACCEPTED);
  const send = phone.outbox();
  await send.add(BUY);
  order.push(...phone.sent.map(() => 'sent'));
  await quiet();
  assert.deepEqual(order, ['written', 'sent']);
});

test('an accepted intent is told, and forgotten', async () => {
  const phone = new Phone(memory(), ACCEPTED);
  const outbox = phone.outbox();
  await outbox.add(BUY);
  await quiet();
  assert.deepEqual(phone.settled, [['key-1', 'ok']]);
  assert.deepEqual(outbox.list(), []);
  assert.deepEqual(await phone.store.names(''), []);
});

test('two taps in one moment are one intent', async () => {
  const phone = new Phone(memory(), 'hold');
  const outbox = phone.outbox();
  const taps = await Promise.all([outbox.add(BUY), outbox.add(BUY)]);
  await quiet();
  assert.deepEqual(taps, [true, false]);
  assert.equal(phone.sent.length, 1);
});

test('a retry after a lost answer carries the same key', async () => {
  const phone = new Phone(memory(), LOST, LOST, ACCEPTED);
  const outbox = phone.outbox();
  await outbox.add(BUY);
  await quiet();
  await phone.later();
  await phone.later();
  assert.deepEqual(phone.sent.map((one) => one.key), ['key-1', 'key-1', 'key-1']);
  assert.deepEqual(phone.settled, [['key-1', 'ok']]);
});

test('a killed app sends what it had written down, under the same key', async () => {
  const store = memory();
  const before = new Phone(store, 'hold');
  await before.outbox().add(BUY);
  await quiet();
  const after = new Phone(store, ACCEPTED);
  await after.outbox().resume();
  await quiet();
  assert.deepEqual(after.sent, before.sent);
  assert.deepEqual(await store.names(''), []);
});

test('after a kill the slot is taken until the server has answered: a new tap is no second intent', async () => {
  const store = memory();
  await new Phone(store, 'hold').outbox().add(BUY);
  const after = new Phone(store, 'hold');
  const outbox = after.outbox();
  await outbox.resume();
  assert.equal(await outbox.add(BUY), false);
});

test('waking while an attempt is under way sends nothing twice', async () => {
  const phone = new Phone(memory(), 'hold');
  const outbox = phone.outbox();
  await outbox.add(BUY);
  outbox.wake();
  outbox.wake();
  await quiet();
  assert.equal(phone.sent.length, 1);
});

test('what was refused for good is told and not sent again', async () => {
  const phone = new Phone(memory(), { kind: 'refused', status: 422, message: 'no' });
  const outbox = phone.outbox();
  await outbox.add(BUY);
  await quiet();
  await phone.later();
  assert.equal(phone.sent.length, 1);
  assert.deepEqual(phone.settled, [['key-1', 'refused']]);
  assert.equal(outbox.isOpen(BUY.slot), false);
});

test('another slot does not wait for one that hangs', async () => {
  const phone = new Phone(memory(), 'hold', ACCEPTED);
  const outbox = phone.outbox();
  await outbox.add(BUY);
  await outbox.add({ ...BUY, slot: 'help:1', kind: 'help' });
  await quiet();
  assert.deepEqual(outbox.list().map((one) => one.slot), ['buy:one']);
});

test('another person on the same phone does not send it', async () => {
  const store = memory();
  await new Phone(store, 'hold').outbox('ada').add(BUY);
  const other = new Phone(store, ACCEPTED);
  await other.outbox('bob').resume();
  assert.deepEqual(other.sent, []);
});

test('a closed outbox keeps what it has and sends nothing more', async () => {
  const phone = new Phone(memory(), LOST);
  const outbox = phone.outbox();
  await outbox.add(BUY);
  await quiet();
  outbox.close();
  await phone.later();
  assert.equal(phone.sent.length, 1);
  assert.equal((await phone.store.names('')).length, 1);
});

test('an answer that comes after its person has left is told to nobody, and asked for again on their next visit', async () => {
  const store = memory();
  const phone = new Phone(store, 'hold');
  const outbox = phone.outbox();
  await outbox.add(BUY);
  await quiet();
  outbox.close();
  phone.held[0]?.(ACCEPTED);
  await quiet();
  assert.deepEqual(phone.settled, []);
  const again = new Phone(store, ACCEPTED);
  await again.outbox().resume();
  await quiet();
  assert.deepEqual(again.sent, phone.sent);
});

test('what an intent needs elsewhere is kept before it, and without it nothing is sent', async () => {
  const phone = new Phone(memory(), ACCEPTED);
  const outbox = phone.outbox();
  await assert.rejects(outbox.add(BUY, () => Promise.reject(new Error('no room'))));
  assert.deepEqual(phone.sent, []);
  assert.deepEqual(await phone.store.names(''), []);
});

test('an intent that cannot be written down is not sent, and its slot is free again', async () => {
  const full: Store = { ...memory(), set: () => Promise.reject(new Error('no room')) };
  const phone = new Phone(full, ACCEPTED);
  const outbox = phone.outbox();
  await assert.rejects(outbox.add(BUY));
  assert.deepEqual(phone.sent, []);
  assert.equal(outbox.isOpen(BUY.slot), false);
});

test('what another tab has finished is not sent by this one', async () => {
  const store = memory();
  const phone = new Phone(store, LOST);
  const outbox = phone.outbox();
  await outbox.add(BUY);
  await quiet();
  for (const name of await store.names('')) await store.remove(name);
  await phone.later();
  assert.equal(phone.sent.length, 1);
  assert.deepEqual(outbox.list(), []);
});
