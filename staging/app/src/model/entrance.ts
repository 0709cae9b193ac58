/**
 * Signing up and in. Tried again by itself until the server has answered; the key of a sign-up is kept on the phone with its
 * e-mail, the password never, so after a kill the same person's next try is still the same sign-up.
 */

import { ask, type Answer, type Wanted } from '../core/api';
import type { Lead } from '../core/link';
import type { Entry } from '../core/outbox';
import { Pause, backoff } from '../core/pause';
import type { Store } from '../core/store';
import { QUEUED_AFTER_MS, type IntentKind } from '../core/words';
import { API_URL } from '../device/config';
import type { Hub, Session } from './hub';

export interface SignUp {
  name: string;
  email: string;
  password: string;
  phone: string;
  company: string;
}

const PENDING = 'app:signup';
const TAKEN = 'There may be an account with this e-mail already. Sign in instead.';
const WRONG = 'E-mail and password do not fit.';

export class Entrance {
  private turn = 0;
  private readonly hub: Hub;
  private readonly store: Store;
  private readonly pause: Pause;
  private readonly newKey: () => string;

  constructor(hub: Hub, store: Store, pause: Pause, newKey: () => string) {
    this.hub = hub;
    this.store = store;
    this.pause = pause;
    this.newKey = newKey;
  }

  /** A new account, once; nothing when it was refused or given up. */
  async signUp(form: SignUp, lead: Lead | null): Promise<Session | null> {
    const key = await this.keyFor(form.email);
    const answer = await this.untilAnswered('sign_up', 'Your account', {
      method: 'POST',
      url: `${API_URL}/v1/accounts`,
      key,
      body: bodyOf(form, lead),
    });
    if (answer?.kind === 'ok') {
      await this.store.remove(PENDING);
      return { token: String(answer.body['access_token']), email: form.email };
    }
    if (answer?.kind === 'refused') {
      if (answer.status === 409) await this.store.remove(PENDING);
      this.hub.set({ error: answer.status === 409 ? TAKEN : answer.message });
    }
    return null;
  }

  /** The token of an account; nothing when it was refused or given up. */
  async signIn(email: string, password: string): Promise<Session | null> {
    const body = { email, password };
    const answer = await this.untilAnswered('sign_in', 'Signing in', {
      method: 'POST',
      url: `${API_URL}/v1/sessions`,
      body,
    });
    if (answer?.kind === 'ok') return { token: String(answer.body['access_token']), email };
    if (answer?.kind === 'refused') this.hub.set({ error: answer.status === 401 ? WRONG : answer.message });
    return null;
  }

  /** Nobody waits for the answer any more. */
  giveUp(): void {
    this.turn += 1;
    this.hub.set({ entries: [] });
    this.pause.wake();
  }

  private async untilAnswered(kind: IntentKind, about: string, wanted: Wanted): Promise<Answer | null> {
    const turn = (this.turn += 1);
    const waiting: Entry = { slot: kind, kind, about, path: '', body: {}, key: '', at: Date.now(), attempts: 0, kept: true };
    this.hub.set({ entries: [waiting], error: null });
    const late = setTimeout(() => turn === this.turn && this.hub.set({}), QUEUED_AFTER_MS);
    try {
      while (turn === this.turn) {
        const answer = await ask(wanted);
        if (turn !== this.turn) return null;
        if (answer.kind !== 'unknown') return answer;
        waiting.attempts += 1;
        this.hub.set({ entries: [{ ...waiting }] });
        await this.pause.for(backoff(waiting.attempts));
      }
      return null;
    } finally {
      clearTimeout(late);
      if (turn === this.turn) this.hub.set({ entries: [] });
    }
  }

  private async keyFor(email: string): Promise<string> {
    const text = await this.store.get(PENDING);
    const [kept = '', of = ''] = (text ?? '').split(' ');
    if (kept && of === email) return kept;
    const key = this.newKey();
    await this.store.set(PENDING, `${key} ${email}`);
    return key;
  }
}

function bodyOf(form: SignUp, lead: Lead | null): Record<string, unknown> {
  const body: Record<string, unknown> = { email: form.email, password: form.password, name: form.name };
  if (form.phone) body['phone'] = form.phone;
  if (form.company) body['company'] = form.company;
  if (lead) body['lead'] = lead;
  return body;
}
