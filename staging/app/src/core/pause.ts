/** A wait that ends early when there is a reason to look again: a network, a tap, something new. */
export class Pause {
  private readonly waiting = new Set<() => void>();

  /** Ends after so long, or at the next `wake`. */
  async for(ms: number): Promise<void> {
    await new Promise<void>((done) => {
      const end = (): void => {
        clearTimeout(timer);
        this.waiting.delete(end);
        done();
      };
      const timer = setTimeout(end, ms);
      this.waiting.add(end);
    });
  }

  wake(): void {
    for (const end of [...this.waiting]) end();
  }
}

/** How long to wait before the next attempt: 0.5 s, then twice as long each time, at most 8 s. */
export function backoff(attempts: number): number {
  return Math.min(8_000, 500 * 2 ** Math.max(0, Math.min(attempts, 10) - 1));
}
