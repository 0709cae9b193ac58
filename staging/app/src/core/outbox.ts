/**
 * Intents that wait for the server's answer. Written down before they are sent, with the key under which they are sent every
 * time; so a kill, a lost answer and a second tap all lead to the same one effect.
 *
 * One entry for each slot, and the slot is part of its name in the store: two tabs cannot have two. Knows no network and no
 * storage of a device: both are handed in.
 */

import type { Answer } from './api';
import { backoff } from './pause';
import type { Store } from './store';
import { QUEUED_AFTER_MS, type IntentKind } from './words';

export interface Attachment {
  name: string;
  content_type: string;
  blob: string;
}

export interface Intent {
  slot: string;
  kind: IntentKind;
  path: string;
  body: Record<string, unknown>;
  about: string;
  attachment?: Attachment | undefined;
}

export interface Entry extends Intent {
  key: string;
  at: number;
  attempts: number;
  /** Whether it is written down: only then may anybody be told that it is kept. */
  kept: boolean;
}

export interface Outside {
  store: Store;
  send: (entry: Entry, key: string) => Promise<Answer>;
  newKey: () => string;
  now: () => number;
  later: (ms: number, then: () => void) => void;
  /** Runs the work unless the same is under way elsewhere (another tab). */
  alone: (name: string, work: () => Promise<void>) => Promise<void>;
  changed: () => void;
  settled: (entry: Entry, answer: Answer) => Promise<void>;
}

export class Outbox {
  private readonly entries = new Map<string, Entry>();
  private readonly flying = new Set<string>();
  private readonly due = new Map<string, number>();
  private readonly outside: Outside;
  private readonly prefix: string;
  private closed = false;

  constructor(account: string, outside: Outside) {
    this.outside = outside;
    this.prefix = `app:outbox:${account}:`;
  }

  /** Oldest first. */
  list(): Entry[] {
    return [...this.entries.values()].sort((one, other) => one.at - other.at);
  }

  isOpen(slot: string): boolean {
    return this.entries.has(slot);
  }

  /** What an earlier life of the app left is under way again. */
  async resume(): Promise<void> {
    for (const entry of await this.left()) {
      if (!this.entries.has(entry.slot)) this.entries.set(entry.slot, { ...entry, kept: true });
    }
    this.outside.changed();
    this.wake();
  }

  /** What the store holds for this account. */
  async left(): Promise<Entry[]> {
    const names = await this.outside.store.names(this.prefix);
    const texts = await Promise.all(names.map((name) => this.outside.store.get(name)));
    return texts.flatMap((text) => readable(text));
  }

  /**
   * Writes the intent down, then sends it; false when its slot is taken: the finger came twice. `before` keeps what the intent
   * needs elsewhere (a file). Throws when there is no room; nothing was sent then.
   */
  async add(intent: Intent, before: () => Promise<void> = async () => undefined): Promise<boolean> {
    if (!this.claim(intent)) return false;
    const entry = this.entries.get(intent.slot) as Entry;
    this.outside.changed();
    try {
      await before();
      await this.outside.store.set(this.nameOf(entry), JSON.stringify(entry));
    } catch (trouble) {
      this.entries.delete(intent.slot);
      this.outside.changed();
      throw trouble;
    }
    entry.kept = true;
    this.outside.later(QUEUED_AFTER_MS, this.outside.changed);
    void this.attempt(entry);
    return true;
  }

  /** Takes the slot, at once and without waiting: between two taps nothing else runs. */
  protected claim(intent: Intent): boolean {
    if (this.closed || this.entries.has(intent.slot)) return false;
    this.entries.set(intent.slot, { ...intent, key: this.outside.newKey(), at: this.outside.now(), attempts: 0, kept: false });
    return true;
  }

  /** Everything is tried now: at load, on reconnect, when the app comes to the front. */
  wake(): void {
    this.due.clear();
    for (const entry of this.list()) void this.attempt(entry);
  }

  /** Nothing more is sent: another person signs in. What is written down stays for the next time. */
  close(): void {
    this.closed = true;
  }

  private async attempt(entry: Entry): Promise<void> {
    if (this.closed || this.flying.has(entry.slot)) return;
    this.flying.add(entry.slot);
    let answer: Answer | null = null;
    try {
      await this.outside.alone(this.nameOf(entry), async () => {
        answer = await this.sendUnlessDone(entry);
      });
    } finally {
      this.flying.delete(entry.slot);
    }
    await this.conclude(entry, answer);
  }

  private async sendUnlessDone(entry: Entry): Promise<Answer | null> {
    if ((await this.outside.store.get(this.nameOf(entry))) !== null) {
      return this.outside.send(entry, this.keyOf(entry));
    }
    this.entries.delete(entry.slot);
    this.outside.changed();
    return null;
  }

  /** The key of every attempt is the key of the intent. */
  protected keyOf(entry: Entry): string {
    return entry.key;
  }

  private async conclude(entry: Entry, answer: Answer | null): Promise<void> {
    // An answer that comes after its person has left is nobody else's: the same key asks for it again on their next visit.
    if (this.closed) return;
    if (answer && answer.kind !== 'unknown') {
      // Told before it is forgotten: a kill between the two repeats the intent under the same key, which changes nothing.
      await this.outside.settled(entry, answer);
      this.entries.delete(entry.slot);
      await this.outside.store.remove(this.nameOf(entry));
      this.outside.changed();
    } else if (this.entries.has(entry.slot)) {
      if (answer) entry.attempts += 1;
      this.tryLater(entry);
      this.outside.changed();
    }
  }

  private tryLater(entry: Entry): void {
    const wait = backoff(entry.attempts);
    const at = this.outside.now() + wait;
    this.due.set(entry.slot, at);
    this.outside.later(wait, () => {
      if (this.due.get(entry.slot) === at) void this.attempt(entry);
    });
  }

  private nameOf(entry: Entry): string {
    return this.prefix + entry.slot;
  }
}

function readable(text: string | null): Entry[] {
  try {
    return text ? [JSON.parse(text) as Entry] : [];
  } catch {
    return [];
  }
}
