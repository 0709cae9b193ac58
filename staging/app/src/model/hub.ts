/** All that the screens show, in one frozen picture; whoever shows it is told when there is a newer one. */

import type { Focus } from '../core/headline';
import type { Claim, Lead } from '../core/link';
import type { Notice } from '../core/notices';
import { NOTHING, type Known, type Payment } from '../core/ordering';
import type { Entry } from '../core/outbox';
import type { Screen } from '../testIDs';

export interface Product {
  id: string;
  name: string;
  amount: number;
  currency: string;
  credits: number;
}

export interface Plan {
  id: string;
  name: string;
  amount: number;
  currency: string;
}

export interface Catalogue {
  products: Product[];
  plans: Plan[];
}

export interface Session {
  token: string;
  email: string;
}

export interface Sheet {
  name: string;
  title: string;
  amount: number;
  currency: string;
  payment: Payment;
  phase: 'choosing' | 'paying' | 'retrying';
  error: string | null;
}

export interface Opened {
  claim: Claim;
  word: string;
}

export interface Picture {
  ready: boolean;
  screen: Screen;
  session: Session | null;
  lead: Lead | null;
  online: boolean;
  catalogue: Catalogue | null;
  known: Known;
  entries: Entry[];
  focus: Focus;
  error: string | null;
  sheet: Sheet | null;
  notices: Notice[];
  opened: Opened | null;
  /** Orders and subscriptions whose money the provider took, while the pipeline has not heard of it. */
  taken: string[];
  /** Orders that were accepted, with their product, while no reading lists them yet. */
  placed: Record<string, string>;
  now: number;
}

const ACCOUNT: Focus = { kind: 'account' };

/** What is forgotten when a person signs out. */
export const NOBODY = {
  session: null,
  known: NOTHING,
  entries: [] as Entry[],
  focus: ACCOUNT,
  sheet: null,
  notices: [] as Notice[],
  opened: null,
  taken: [] as string[],
  placed: {} as Record<string, string>,
};

export class Hub {
  private listeners = new Set<() => void>();
  private picture: Picture = {
    ...NOBODY,
    ready: false,
    screen: 'signup',
    lead: null,
    online: true,
    catalogue: null,
    error: null,
    now: Date.now(),
  };

  readonly get = (): Picture => this.picture;

  set(change: Partial<Picture>): void {
    this.picture = { ...this.picture, ...change, now: Date.now() };
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}
