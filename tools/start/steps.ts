/** Prints timed steps, several at once: a line when each is done, and meanwhile what is still under way. */
export class Steps {
  private readonly pending = new Map<string, number>();
  private readonly timings: [string, number][] = [];
  private liveLength = 0;
  private timer: NodeJS.Timeout | undefined;

  private readonly out: NodeJS.WriteStream;
  private readonly silentMsMax: number;

  constructor(out: NodeJS.WriteStream = process.stdout, silentMsMax = 10_000) {
    this.out = out;
    this.silentMsMax = silentMsMax;
  }

  /** Milliseconds of each finished step, in the order of their ends. */
  get elapsedMs(): readonly (readonly [string, number])[] {
    return this.timings;
  }

  async step<T>(name: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T> {
    const startedAt = Date.now();
    this.pending.set(name, startedAt);
    this.watch();
    try {
      const result = await work();
      const elapsedMs = Date.now() - startedAt;
      this.timings.push([name, elapsedMs]);
      const more = detail?.(result);
      const what = more === undefined || more === '' ? name : `${name}: ${more}`;
      this.line(`  ✓ ${what.padEnd(58)} ${seconds(elapsedMs)}`);
      return result;
    } finally {
      this.pending.delete(name);
      if (this.pending.size === 0) this.unwatch();
    }
  }

  /** A line of its own, above the live one. */
  line(text: string): void {
    this.clearLive();
    this.out.write(`${text}\n`);
  }

  /** What is going on, in place on a terminal; elsewhere a line each time. */
  live(text: string): void {
    if (!this.out.isTTY) return this.line(text);
    this.clearLive();
    const shown = text.slice(0, (this.out.columns || 80) - 1);
    this.out.write(shown);
    this.liveLength = shown.length;
  }

  private clearLive(): void {
    if (this.liveLength > 0) this.out.write(`\r${' '.repeat(this.liveLength)}\r`);
    this.liveLength = 0;
  }

  private watch(): void {
    const everyMs = this.out.isTTY ? 250 : this.silentMsMax;
    this.timer ??= setInterval(() => {
      const names = [...this.pending].map(([name, startedAt]) => `${name} ${seconds(Date.now() - startedAt)}`);
      this.live(`  … ${names.join(', ')}`);
    }, everyMs);
    this.timer.unref();
  }

  private unwatch(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.clearLive();
  }
}

export const seconds = (elapsedMs: number): string => `${(elapsedMs / 1000).toFixed(1)} s`;
