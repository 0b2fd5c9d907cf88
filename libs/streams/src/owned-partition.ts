import { InDoubt, InvariantBroken, messageOf } from './errors.js';
import type { Outgoing } from './fold.js';
import type { LogBatch, Subscription } from './log.js';
import type { PartitionStatus } from './options.js';
import type { PartitionMemory } from './partition-memory.js';
import { withPatience } from './patience.js';
import { learn } from './open-codec.js';
import { persist } from './persist.js';
import { checkCluster } from './saved-state.js';
import type { Shell } from './shell.js';
import { Outbox, type Slice, type Trace } from './slice.js';
import { loadMemory } from './take-over.js';

/** Doubts in a row, without an answer in between, after which something is wrong that taking over doesn't mend. */
const doubtsMax = 12;
/** Effects of so many slices may be under way at once; more input waits. */
const effectsMax = 8;

/** One inbox partition: takes over, answers batches, saves. Its steps never overlap. */
export class OwnedPartition<S> {
  phase: PartitionStatus['phase'] = 'taking_over';
  memory: PartitionMemory<S> | null = null;
  lag = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private effects: Promise<void> = Promise.resolve();
  private effectsWaiting = 0;
  private doubts = 0;
  private generation = 0;

  constructor(
    private readonly shell: Shell<S>,
    readonly partition: number,
  ) {}

  get at() {
    return { topic: this.shell.inboxTopic, partition: this.partition };
  }

  get ready(): boolean {
    return this.phase === 'lost' || (this.phase === 'owned' && this.memory?.caughtUp === true);
  }

  /** Called at each assignment, before anything is fetched. */
  assign(subscription: Subscription): void {
    subscription.pause(this.at);
    this.lag = 0;
    const generation = ++this.generation;
    this.background(async () => {
      if (generation !== this.generation) return;
      if (await this.stillMine()) this.proceed();
      else await this.takeOver(false);
    });
  }

  /** The partition went to somebody else, who reads in the journal what this owner said. */
  revoke(): void {
    this.generation++;
    this.drop();
  }

  async handle(batch: LogBatch): Promise<void> {
    const { records } = batch;
    this.shell.counters.lastBatchAtMs = Date.now();
    await learn(this.shell, this.at, records);
    for (let i = 0; i < records.length && !batch.isStale() && !this.shell.stopping();) {
      const taken = await this.exclusive(() => this.process(batch, i));
      if (taken === 0) return;
      i += taken;
      batch.resolve(records[i - 1]?.offset as number);
      this.lag = batch.highWatermark - (this.memory?.next ?? batch.highWatermark);
      await batch.heartbeat();
    }
  }

  /** @returns number of records answered; 0 when the partition isn't owned (any more) */
  private async process(batch: LogBatch, from: number): Promise<number> {
    const memory = this.memory;
    if (this.phase !== 'owned' || memory === null) return 0;
    this.lag = batch.highWatermark - memory.next;
    try {
      const slice = await this.shell.decider.slice(memory, batch.records, from);
      await this.answer(memory, slice);
      await this.follow(slice.outbox);
      await this.startEffects(memory, slice);
      this.count(memory, slice);
      return slice.records;
    } catch (error) {
      // The memory is ahead of what is answered and sent: nobody may save it.
      this.drop();
      if (!(error instanceof InDoubt)) throw error;
      this.doubt(error);
      return 0;
    }
  }

  private drop(): void {
    this.phase = 'lost';
    this.memory = null;
    this.lag = 0;
  }

  private count(memory: PartitionMemory<S>, slice: Slice): void {
    const { counters } = this.shell;
    counters.records += slice.records;
    counters.lastBatchAtMs = memory.lastActiveAtMs = Date.now();
    counters.onBatch?.(slice.records);
  }

  private async answer(memory: PartitionMemory<S>, slice: Slice): Promise<void> {
    if (slice.journal.length === 0) return;
    await this.shell.faults.beforeAppend?.(this.partition);
    const batch = { topic: this.shell.journalTopic, partition: this.partition, messages: slice.journal };
    const offset = await this.shell.journal.append(batch);
    await this.shell.faults.afterAppend?.(this.partition);
    if (offset !== memory.journalEnd) throw new InDoubt(`appended at ${offset} instead of ${memory.journalEnd}`);
    memory.journalEnd += slice.journal.length;
    this.shell.counters.events += slice.journal.length;
    this.doubts = 0;
  }

  private async follow(outbox: Outbox): Promise<void> {
    const batches = outbox.all();
    if (batches.length === 0) return;
    await this.shell.faults.beforeSend?.(this.partition);
    this.shell.counters.commands += batches.reduce((sum, batch) => sum + batch.messages.length, 0);
    await this.shell.commands.send(batches);
    await this.shell.faults.afterSend?.(this.partition);
  }

  private doubt(error: InDoubt): void {
    this.shell.counters.doubts++;
    this.shell.logger.warn({ ...this.at, reason: error.message }, 'append in doubt, taking over again');
    this.phase = 'taking_over';
    this.shell.subscription().pause(this.at);
    if (++this.doubts > doubtsMax) {
      throw new InvariantBroken(
        `${this.shell.journalTopic}/${this.partition}: ${this.doubts} appends in a row were in doubt (${error.message}); is another writer at work there?`,
      );
    }
    const generation = this.generation;
    const pauseMs = this.doubts === 1 ? 0 : Math.min(3000, 25 * 2 ** this.doubts);
    this.background(async () => {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (generation === this.generation) await this.takeOver(true);
    });
  }

  /** After a rebalance: if the row's epoch is still mine, memory is right. */
  private async stillMine(): Promise<boolean> {
    const { memory, shell } = this;
    if (this.phase !== 'owned' || memory === null) return false;
    return withPatience(`${this.at.topic}/${this.partition} can't be looked after`, shell, async () => {
      checkCluster(memory.clusterId, await shell.log.clusterId());
      return shell.saved.isMine(this.partition, memory.epoch);
    });
  }

  private async takeOver(inDoubt: boolean): Promise<void> {
    const generation = this.generation;
    this.phase = 'taking_over';
    this.memory = null;
    const memory = await loadMemory(this.shell, this.partition, inDoubt);
    if (generation !== this.generation) return;
    if (memory === null) {
      this.phase = 'lost';
      this.shell.logger.warn(this.at, 'another process has taken the partition over');
      return;
    }
    this.memory = memory;
    this.phase = 'owned';
    this.shell.counters.takeovers++;
    this.shell.logger.info(
      {
        ...this.at,
        epoch: memory.epoch,
        inbox: memory.next,
        journal: memory.journalEnd,
        answered: memory.lastAnswered,
      },
      'partition taken over',
    );
    if (memory.caughtUp) this.recover(memory);
    this.proceed();
  }

  private proceed(): void {
    const memory = this.memory;
    if (memory === null || this.shell.stopping()) return;
    memory.committedPosition = null;
    this.shell.subscription().seek(this.at, memory.next);
    this.shell.subscription().resume(this.at);
  }

  /** Effects run beside the next slices, in order; a save waits for those before it. */
  private async startEffects(memory: PartitionMemory<S>, slice: Slice): Promise<void> {
    const { effects } = this.shell.fold;
    if (!effects) return;
    if (memory.caughtUp && !memory.recovered) this.recover(memory);
    const started = slice.effects;
    if (started.length > 0) {
      this.effect(memory, async () => {
        const answers = await Promise.all(started.map(({ event }) => effects.run(memory.state, event)));
        return answers.map((commands, i) => [commands, (started[i] as { trace: Trace }).trace] as const);
      });
    }
    if (this.effectsWaiting > effectsMax) await this.effects;
  }

  private recover(memory: PartitionMemory<S>): void {
    memory.recovered = true;
    const { effects } = this.shell.fold;
    if (!effects) return;
    const trace = { correlationId: `${this.shell.fold.service}/${this.partition}/recovery`, receivedAt: undefined };
    this.effect(memory, async () => [[await effects.recover(memory.state), trace] as const]);
  }

  private effect(
    memory: PartitionMemory<S>,
    run: () => Promise<readonly (readonly [readonly Outgoing[], Trace])[]>,
  ): void {
    this.effectsWaiting++;
    this.effects = this.effects
      .then(async () => {
        if (this.memory !== memory) return;
        const outbox = new Outbox(this.shell.codec, this.shell.prefix);
        for (const [commands, trace] of await run()) outbox.add(commands, null, 0, trace);
        await this.shell.commands.send(outbox.all());
      })
      .catch((error: unknown) => {
        this.drop();
        const what = `An effect of ${this.shell.fold.service} failed: ${messageOf(error)}`;
        this.shell.fail(new Error(what, { cause: error }));
      })
      .finally(() => this.effectsWaiting--);
  }

  /** Writes what changed since the last save. */
  async save(): Promise<void> {
    const point = await this.exclusive(async () => {
      const memory = this.memory;
      if (this.phase !== 'owned' || memory === null || !memory.unsaved) return null;
      return { memory, snapshot: memory.snapshot(), effects: this.effects };
    });
    if (point === null) return;
    await point.effects;
    if (this.memory !== point.memory) return;
    const saved = await persist(this.shell, this.partition, point.memory, point.snapshot);
    if (!saved && this.memory === point.memory) {
      this.drop();
      this.shell.subscription().pause(this.at);
      this.shell.logger.warn(this.at, 'another process owns the partition, nothing was saved');
    }
  }

  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private background(work: () => Promise<void>): void {
    this.exclusive(work).catch((error: unknown) =>
      this.shell.fail(error instanceof Error ? error : new Error(messageOf(error))),
    );
  }
}
