import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@slipstream/streams';
import type { Pool } from 'pg';
import { claimDue, release, type Claimed } from './claim.js';
import type { NotifierConfig } from './config.js';
import { keepBounds } from './keep-bounds.js';
import { recordAttempt, type Outcome } from './record-attempt.js';
import { openSender, type Sender } from './send.js';

const boundsEveryMs = 60_000;
const troubleMsMax = 30_000;
/** What is under way when the process stops gets this long; then it is for the next process. */
const stopMsMax = 3000;
const recordTries = 5;

/** The loop that sends what waits in the outbox. It is the shell: clock, network, chance. */
export class DeliveryLoop {
  private readonly sender: Sender;
  private readonly stopping = new AbortController();
  /** Ends what is under way. */
  private readonly givingUp = new AbortController();
  private readonly underWay = new Map<Promise<void>, string>();
  private running: Promise<void> = Promise.resolve();
  private bell = Promise.withResolvers<void>();
  private boundsAtMs = 0;

  constructor(
    private readonly pool: Pool,
    private readonly config: NotifierConfig,
    private readonly logger: Logger,
    private readonly onAttempt: (outcome: Outcome) => void = () => undefined,
  ) {
    this.sender = openSender(config.webhooks);
  }

  start(): void {
    this.running = this.run();
  }

  /** Something may be due: looks at once instead of at the next poll. */
  ring(): void {
    this.bell.resolve();
  }

  /** Takes nothing more, waits for what is under way, for a moment. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.ring();
    await this.running;
    await Promise.race([Promise.all(this.underWay.keys()), pause(stopMsMax, undefined, { ref: false })]);
    this.givingUp.abort();
    await Promise.all(this.underWay.keys());
    await this.sender.close();
  }

  private async run(): Promise<void> {
    const { pollMs, concurrency } = this.config.webhooks;
    let troubles = 0;
    while (!this.stopping.signal.aborted) {
      let taken = 0;
      try {
        taken = await this.takeDue(concurrency - this.underWay.size);
        await this.keepBounds();
        troubles = 0;
      } catch (error) {
        troubles++;
        this.logger.warn({ err: error }, 'deliveries of webhooks wait: the outbox cannot be read, trying again');
      }
      const waitMs = troubles === 0 ? pollMs : Math.min(troubleMsMax, pollMs * 2 ** troubles);
      // More may be due; what ends meanwhile makes room and rings.
      if (taken === 0) await this.nextCall(waitMs);
    }
  }

  private async takeDue(room: number): Promise<number> {
    if (room <= 0) return 0;
    const claimed = await claimDue(this.pool, this.config.webhooks, room, [...this.underWay.values()]);
    for (const one of claimed) {
      const attempt: Promise<void> = this.attempt(one).finally(() => {
        this.underWay.delete(attempt);
        this.ring();
      });
      this.underWay.set(attempt, one.webhookId);
    }
    return claimed.length;
  }

  /** Never rejects: what can't be recorded is due again when its lease ends. */
  private async attempt(claimed: Claimed): Promise<void> {
    const { deliveryId, webhookId, message } = claimed;
    try {
      const attempt = await this.sender.send(message, this.givingUp.signal);
      if (this.givingUp.signal.aborted && attempt.status === null) return await release(this.pool, claimed);
      const outcome = await this.insist(() => recordAttempt(this.pool, this.policy, claimed, attempt, Math.random()));
      this.onAttempt(outcome);
      const fields = { deliveryId, webhookId, status: attempt.status, error: attempt.error, outcome };
      this.logger.debug(fields, 'webhook attempted');
      if (outcome === 'disabled') this.logger.warn(fields, 'webhook switched off');
    } catch (error) {
      this.logger.warn({ err: error, deliveryId, webhookId }, 'an attempt was not recorded: it is made again');
    }
  }

  private async insist<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (tries === recordTries) throw error;
        await pause(50 * 2 ** tries);
      }
    }
  }

  private async keepBounds(): Promise<void> {
    if (Date.now() - this.boundsAtMs < boundsEveryMs) return;
    this.boundsAtMs = Date.now();
    await keepBounds(this.pool, this.policy);
  }

  private get policy() {
    return { ...this.config.webhooks, rowsMax: this.config.feed.rowsMax };
  }

  private async nextCall(waitMs: number): Promise<void> {
    const timer = setTimeout(() => this.ring(), waitMs);
    await this.bell.promise;
    clearTimeout(timer);
    this.bell = Promise.withResolvers<void>();
  }
}
