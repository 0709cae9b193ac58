import assert from 'node:assert/strict';
import { test } from 'node:test';

import { claimOf, leadOf } from '../src/core/link';
import { headline } from '../src/core/headline';
import { shown } from '../src/core/money';
import { NOTHING, asOf, orderName, ordersOf, thingOf, withMe, withThing, type Me } from '../src/core/ordering';
import type { Entry } from '../src/core/outbox';
import { ofWaiting, RETRYING } from '../src/core/words';

const ORDER = { order_id: 'ord_1', product_id: 'one', amount: 900, currency: 'usd' } as const;
const me = (status: 'pending' | 'paid', state: string): Me => ({
  account: { account_id: 'acc_1', email: 'ada@people.example.com', name: 'Ada' },
  state: 'Up to date', plan: 'free', subscription: null, credits: 0, tickets: [],
  orders: [{ ...ORDER, status, state }],
});
const NAME = orderName('ord_1');

test('an older reading that comes back later changes nothing', () => {
  const newest = withMe(NOTHING, me('paid', 'Paid'), 200);
  assert.equal(withMe(newest, me('pending', 'Payment pending'), 100), newest);
});

test('a newer word for one order stands against an older reading of everything', () => {
  const known = withThing(NOTHING, NAME, { state: 'Paid', status: 'paid', asOf: 200 });
  const read = withMe(known, me('pending', 'Payment pending'), 150);
  assert.equal(thingOf(read, NAME)?.state, 'Paid');
  assert.equal(ordersOf(read)[0]?.state, 'Paid');
  assert.equal(ordersOf(read)[0]?.status, 'paid');
});

test('a newer reading replaces an older word', () => {
  const known = withThing(NOTHING, NAME, { state: 'Paid', status: 'paid', asOf: 100 });
  assert.equal(thingOf(withMe(known, me('pending', 'Refunded'), 150), NAME)?.state, 'Refunded');
});

test('the time of a reading is the server\'s, or that of the question where the server tells none', () => {
  assert.equal(asOf({ as_of: 5 }, 9), 5);
  assert.equal(asOf({}, 9), 9_000);
});

const entry = (more: Partial<Entry>): Entry => ({
  slot: 'buy:one', kind: 'buy', path: '', body: {}, about: 'One', key: 'k', at: 0, attempts: 0, kept: true, ...more,
});

test('an intent without an answer is called queued after 1.2 s, or as soon as an attempt failed', () => {
  assert.equal(ofWaiting('buy', 0, 0, 1_199), 'Payment pending');
  assert.equal(ofWaiting('buy', 0, 0, 1_200), RETRYING);
  assert.equal(ofWaiting('buy', 1, 0, 10), RETRYING);
});

test('a question is no ticket before the server says so', () => {
  assert.equal(ofWaiting('help', 0, 0, 10), 'Sending');
});

test('nobody is told that an intent is kept before it is', () => {
  const seen = { focus: { kind: 'account' } as const, known: NOTHING, online: true, now: 5_000 };
  assert.equal(headline({ ...seen, entries: [entry({ kept: false })] }).word, 'Payment pending');
  assert.equal(headline({ ...seen, entries: [entry({})] }).word, RETRYING);
});

test('what waits comes before what was done last, and that before the account', () => {
  const known = withMe(NOTHING, me('paid', 'Paid'), 1);
  const seen = { entries: [], focus: { kind: 'account' } as const, known, online: true, now: 0 };
  assert.equal(headline(seen).word, 'Up to date');
  const focus = { kind: 'thing', name: NAME, about: 'One', word: 'Payment pending' } as const;
  assert.equal(headline({ ...seen, focus }).word, 'Paid');
  assert.equal(headline({ ...seen, focus, entries: [entry({ attempts: 1 })] }).word, RETRYING);
});

test('an order that waits for its payment is told after a restart', () => {
  const known = withMe(NOTHING, me('pending', 'Payment pending'), 1);
  assert.equal(headline({ entries: [], focus: { kind: 'account' }, known, online: true, now: 0 }).word, 'Payment pending');
});

test('an address opens a notice only when it names a thing of ours', () => {
  assert.deepEqual(claimOf('/?kind=order&id=ord_1&state=paid'), { kind: 'order', id: 'ord_1', state: 'paid' });
  assert.equal(claimOf('/?kind=refund&id=ord_1'), null);
  assert.equal(claimOf('/?kind=order&id=../x'), null);
  assert.equal(claimOf('tern://open?kind=subscription&id=current&state=%00a')?.state, 'a');
  assert.equal(claimOf('/?kind=order&id=%E0%A4%A'), null);
});

test('where a person came from is taken from the address, and nothing else is', () => {
  assert.deepEqual(leadOf('/?utm_source=news+letter&other=1'), { utm_source: 'news letter' });
  assert.equal(leadOf('/'), null);
});

test('money has the digits of its currency', () => {
  assert.equal(shown(900, 'usd'), '$9.00');
  assert.equal(shown(1200, 'jpy'), '¥1,200');
});
