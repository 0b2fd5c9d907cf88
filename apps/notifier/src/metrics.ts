import type { Pool } from 'pg';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Outcome } from './record-attempt.js';

/** What Prometheus is told about the deliveries of webhooks. */
export class WebhookMetrics {
  private readonly attempts: Counter<'outcome'>;

  /** @param registry what `/metrics` shows */
  constructor(registry: Registry, pool: Pool) {
    this.attempts = new Counter({
      name: 'slipstream_webhook_attempts_total',
      help: 'Attempts to deliver by this process, by what came of them',
      labelNames: ['outcome'],
      registers: [registry],
    });
    for (const outcome of outcomes) this.attempts.inc({ outcome }, 0);
    for (const [name, help, read] of ofOutbox)
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.reset();
          const waiting = await waitingIn(pool);
          if (waiting) this.set(read(waiting));
        },
      });
  }

  attempted(outcome: Outcome): void {
    this.attempts.inc({ outcome: outcome.replace(' ', '_') });
  }
}

const outcomes = ['delivered', 'again', 'failed', 'disabled', 'taken_over'] as const;

interface Waiting {
  readonly pending: number;
  readonly dueSeconds: number;
}

const ofOutbox = [
  ['slipstream_webhook_deliveries_pending', 'Deliveries that wait in the outbox', (of: Waiting) => of.pending],
  [
    'slipstream_webhook_oldest_due_seconds',
    'How long the oldest due delivery has been due',
    (of: Waiting) => of.dueSeconds,
  ],
] as const;

/** The outbox of all processes; null when the database doesn't say: the other metrics are told all the same. */
async function waitingIn(pool: Pool): Promise<Waiting | null> {
  try {
    const { rows } = await pool.query<Waiting>(
      `SELECT count(*)::int AS pending,
              greatest(0, coalesce(extract(epoch FROM now() - min(next_attempt_at)), 0))::float8 AS "dueSeconds"
         FROM notifications.deliveries d JOIN notifications.webhooks w ON w.id = d.webhook_id
        WHERE d.status = 'pending' AND w.disabled_at IS NULL`,
    );
    return rows[0] ?? null;
  } catch {
    return null;
  }
}
