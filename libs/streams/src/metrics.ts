import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Status } from './options.js';
import { newCounters, type Counters } from './shell.js';

/** What Prometheus is told about a running stream. */
export class StreamMetrics {
  readonly registry = new Registry();
  readonly counters: Counters = newCounters();
  private readonly all: Counters[] = [this.counters];

  constructor(service: string, status: () => Status | null) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    const batches = new Histogram({
      name: 'slipstream_batch_records',
      help: 'Records answered in one go',
      buckets: [1, 10, 100, 1000, 10_000],
      registers,
    });
    const saves = new Histogram({
      name: 'slipstream_save_duration_seconds',
      help: 'Duration of saves',
      buckets: [0.005, 0.02, 0.1, 0.5, 2],
      registers,
    });
    this.counters.onBatch = (records) => batches.observe(records);
    this.counters.onSaved = (milliseconds) => saves.observe(milliseconds / 1000);
    this.total('records', 'Records processed', (of) => of.records);
    this.total('events', 'Events appended to the journal', (of) => of.events);
    this.total('commands', 'Command records sent', (of) => of.commands);
    this.total('takeovers', 'Partitions taken over', (of) => of.takeovers);
    this.total('doubts', 'Appends in doubt', (of) => of.doubts);
    for (const [name, help, value] of perPartition) {
      new Gauge({
        name,
        help,
        labelNames: ['topic', 'partition'],
        registers,
        collect() {
          this.reset();
          for (const partition of status()?.partitions ?? []) {
            this.set({ topic: partition.topic, partition: partition.partition }, value(partition));
          }
        },
      });
    }
  }

  /** Counters of a further stream of the process, added to the others; each has its own watchdog. */
  moreCounters(): Counters {
    const { onBatch, onSaved } = this.counters;
    const more = { ...newCounters(), ...(onBatch && { onBatch }), ...(onSaved && { onSaved }) };
    this.all.push(more);
    return more;
  }

  private total(name: string, help: string, value: (of: Counters) => number): void {
    const { all } = this;
    new Counter({
      name: `slipstream_${name}_total`,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(all.reduce((sum, one) => sum + value(one), 0));
      },
    });
  }
}

const perPartition = [
  ['slipstream_position', 'Next offset to be processed', (at: Status['partitions'][number]) => at.position],
  ['slipstream_lag_records', 'Records waiting as of the last batch', (at: Status['partitions'][number]) => at.lag],
] as const;
