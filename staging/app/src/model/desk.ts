/** Opened notices: asks the server what is true now, until it answers. What the notice claims is shown to nobody. */

import { ask } from '../core/api';
import type { Claim } from '../core/link';
import { SUBSCRIPTION, asOf, orderName, thingOf, withThing } from '../core/ordering';
import { Pause, backoff } from '../core/pause';
import { CHECKING, QUEUED_AFTER_MS, RETRYING, UNKNOWN } from '../core/words';
import { API_URL } from '../device/config';
import type { Hub } from './hub';

/** The name under which the thing of a claim is known. */
export function nameOf(claim: Claim): string {
  return claim.kind === 'order' ? orderName(claim.id) : SUBSCRIPTION;
}

export class Desk {
  private readonly hub: Hub;
  private readonly pause: Pause;
  private turn = 0;

  constructor(hub: Hub, pause: Pause) {
    this.hub = hub;
    this.pause = pause;
  }

  async open(claim: Claim): Promise<void> {
    const turn = (this.turn += 1);
    this.show(claim, CHECKING);
    const late = setTimeout(() => turn === this.turn && this.isOpen() && this.show(claim, RETRYING), QUEUED_AFTER_MS);
    for (let attempts = 1; ; attempts += 1) {
      const word = await this.asked(claim);
      if (turn !== this.turn || !this.isOpen()) break;
      if (word) clearTimeout(late);
      this.show(claim, word ?? RETRYING);
      if (word) break;
      await this.pause.for(backoff(attempts));
    }
    clearTimeout(late);
  }

  close(): void {
    this.turn += 1;
    this.hub.set({ opened: null });
  }

  /** The word that is true now; nothing when the server did not answer. */
  async asked(claim: Claim): Promise<string | null> {
    const token = this.hub.get().session?.token;
    const askedAt = Date.now();
    const answer = await ask({ method: 'POST', url: `${API_URL}/v1/notices/opened`, token, body: claim });
    if (answer.kind === 'unknown') return null;
    if (answer.kind === 'refused') return UNKNOWN;
    const { body } = answer;
    const thing = { state: String(body['state']), status: String(body['status']), asOf: asOf(body, askedAt) };
    const known = withThing(this.hub.get().known, nameOf(claim), thing);
    this.hub.set({ known });
    return thingOf(known, nameOf(claim))?.state ?? thing.state;
  }

  private show(claim: Claim, word: string): void {
    const focus = { kind: 'thing', name: nameOf(claim), about: 'What a notice was about', word } as const;
    this.hub.set({ opened: { claim, word }, focus });
  }

  private isOpen(): boolean {
    return this.hub.get().opened !== null;
  }
}
