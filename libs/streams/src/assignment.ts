import { keyOf, type Subscription, type TopicPartition } from './log.js';

/** A partition at work, of a fold or of a projection. */
export interface Assignable {
  assign(subscription: Subscription): void;
  revoke(): void;
}

/** The partitions of this process, as the group assigns them. */
export class Assignment<P extends Assignable> {
  private readonly held = new Map<string, P>();
  private current: Subscription | undefined;

  /** @param make opens a partition that wasn't held before */
  constructor(private readonly make: (of: TopicPartition) => P) {}

  get subscription(): Subscription {
    return this.current as Subscription;
  }

  /** Undefined before the group was joined. */
  get joined(): Subscription | undefined {
    return this.current;
  }

  join(subscription: Subscription): void {
    this.current = subscription;
  }

  all(): readonly P[] {
    return [...this.held.values()];
  }

  get(of: TopicPartition): P | undefined {
    return this.held.get(keyOf(of));
  }

  /** Called at every (re)assignment, before anything is fetched. */
  change(assigned: readonly TopicPartition[], now: Subscription): void {
    this.current ??= now;
    const given = new Set(assigned.map(keyOf));
    for (const [key, partition] of this.held) {
      if (given.has(key)) continue;
      partition.revoke();
      this.held.delete(key);
    }
    for (const of of assigned) {
      let partition = this.held.get(keyOf(of));
      if (!partition) this.held.set(keyOf(of), (partition = this.make(of)));
      partition.assign(now);
    }
  }
}
