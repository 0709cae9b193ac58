/**
 * What a test build adds: one of the flaws below, chosen by `?flaw=` at load, and a Buy button without any guard, which shows
 * that two taps were really two. Takes the place of `src/extras.tsx`; the build that ships does not contain this file.
 */

import { Pressable } from 'react-native';

import { ask } from '../src/core/api';
import { query } from '../src/core/link';
import { withThing } from '../src/core/ordering';
import { Outbox, type Entry, type Intent } from '../src/core/outbox';
import { memory } from '../src/core/store';
import { API_URL } from '../src/device/config';
import { newKey, type App } from '../src/model/app';
import { nameOf } from '../src/model/desk';
import type { Picture, Product } from '../src/model/hub';
import { ids } from '../src/testIDs';
import { guard } from '../src/ui/controls';
import { Quiet } from '../src/ui/text';
import { SPACE } from '../src/ui/theme';
import { app as theApp } from '../src/ui/use';

const KEPT = 'app:flaw';
const NEWEST = Number.MAX_SAFE_INTEGER;
const CLAIMED: Record<string, string> = { paid: 'Paid', failed: 'Payment failed', active: 'Up to date', canceled: 'Up to date' };
const EARLY: Record<string, string> = { buy: 'Paid', help: 'Ticket received' };

const FLAWS: Record<string, (app: App) => void> = {
  /** Every tap on Buy is a wish of its own. */
  unguarded_buy(app) {
    guard.isClosed = () => false;
    app.buy = (product) => app.want({ ...wishFor(product), slot: `buy:${newKey()}` }).then(() => undefined);
  },

  /** A retry looks to the server like something new. */
  new_key_on_retry(app) {
    class Forgetful extends Outbox {
      protected override keyOf(): string {
        return newKey();
      }
    }
    const make = app.makeOutbox.bind(app);
    app.makeOutbox = (account) => make(account, app.store, Forgetful);
  },

  /** What waits is only in memory. */
  outbox_lost_on_kill(app) {
    const make = app.makeOutbox.bind(app);
    app.makeOutbox = (account) => make(account, memory());
  },

  /** What an old notification claims overwrites what is known, for good. */
  stale_push_wins(app) {
    app.desk.asked = async (claim) => {
      const thing = { state: CLAIMED[claim.state] ?? claim.state, status: claim.state, asOf: NEWEST };
      app.hub.set({ known: withThing(app.hub.get().known, nameOf(claim), thing) });
      return thing.state;
    };
  },

  /** As long as there is no answer, the app says that it is sending. */
  spinner_for_ever(app) {
    see(app, (entries) => ({ entries: entries.map((one) => ({ ...one, kind: 'help', at: NEWEST, attempts: 0 })) }));
  },

  /** The app tells people what they hope for, before anybody has confirmed it. */
  success_too_early(app) {
    see(app, (entries) => {
      const newest = entries.at(-1);
      const word = newest && EARLY[newest.kind];
      return word ? { entries: [], focus: { kind: 'thing', name: 'early', about: newest.about, word } } : { entries };
    });
    const pay = app.till.pay.bind(app.till);
    app.till.pay = (card) => {
      const paid = pay(card);
      const about = app.hub.get().sheet?.title ?? '';
      app.hub.set({ sheet: null, focus: { kind: 'thing', name: 'early', about, word: 'Paid' } });
      return paid;
    };
  },

  /** An app that starts without a network starts afresh. */
  offline_reload_loses(app) {
    const make = app.makeOutbox.bind(app);
    app.makeOutbox = (account) => {
      const outbox = make(account);
      const resume = outbox.resume.bind(outbox);
      outbox.resume = async () => {
        const names = navigator.onLine ? [] : await app.store.names('app:outbox:');
        await Promise.all(names.map((name) => app.store.remove(name)));
        await resume();
      };
      return outbox;
    };
  },
};

/** Plants the flaw that was chosen at this load or an earlier one. */
export function plant(app: App): void {
  const asked = query(location.href)['flaw'];
  if (asked) localStorage.setItem(KEPT, asked);
  const name = localStorage.getItem(KEPT) ?? 'none';
  if (name === 'none') return;
  const flaw = FLAWS[name];
  if (!flaw) throw new Error(`no such flaw: ${name}; known: ${Object.keys(FLAWS).join(', ')}, none`);
  flaw(app);
}

/** The control: one order for each tap, whatever the taps. */
export function ProductExtra({ product }: { product: Product }) {
  const tap = (): void => {
    const token = theApp.hub.get().session?.token;
    const { path, body } = wishFor(product);
    void ask({ method: 'POST', url: API_URL + path, token, key: newKey(), body }).then(() => theApp.reading.begin());
  };
  return (
    <Pressable testID={ids.unguardedBuy(product.id)} role="button" onPress={tap} style={{ padding: SPACE.m }}>
      <Quiet centred>Buy without a guard (test build)</Quiet>
    </Pressable>
  );
}

function wishFor(product: Product): Intent {
  return { slot: `buy:${product.id}`, kind: 'buy', path: '/v1/orders', body: { product_id: product.id }, about: product.name };
}

function see(app: App, shown: (entries: Entry[]) => Partial<Picture>): void {
  const set = app.hub.set.bind(app.hub);
  app.hub.set = (change) => set(change.entries ? { ...change, ...shown(change.entries) } : change);
}
