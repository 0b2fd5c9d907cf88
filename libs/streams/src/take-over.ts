import { UnknownSchema } from '@slipstream/contracts';
import { InvariantBroken, messageOf } from './errors.js';
import { counts, header, headerNumber } from './headers.js';
import type { LogRecord, Range } from './log.js';
import { writtenByNewer } from './open-codec.js';
import { PartitionMemory, type Answer } from './partition-memory.js';
import { withPatience } from './patience.js';
import type { Shell } from './shell.js';

/**
 * Step 6: raises the epoch and loads; then reads the own journal from the saved position to its end. In this order: what
 * an older owner appends after the end was read lies where ours would have gone, and ours then doesn't count.
 * @returns null when somebody else has taken over meanwhile (only asked in doubt)
 */
export async function loadMemory<S>(
  shell: Shell<S>,
  partition: number,
  inDoubt: boolean,
): Promise<PartitionMemory<S> | null> {
  return withPatience(`Partition ${partition} of ${shell.inboxTopic} can't be taken over`, shell, async () => {
    const clusterId = await shell.log.clusterId();
    const loaded = await shell.saved.takeOver(partition, inDoubt, clusterId);
    if (loaded === null) return null;
    const inbox = (await shell.log.ends(shell.inboxTopic)).get(partition);
    const journal = (await shell.log.ends(shell.journalTopic)).get(partition);
    checkInside(`${shell.inboxTopic}/${partition}`, loaded.inboxPosition, inbox);
    const end = checkInside(`${shell.journalTopic}/${partition}`, loaded.journalPosition, journal);
    const answers = await readAnswers(shell, partition, loaded.journalPosition, end);
    return new PartitionMemory(shell.fold, partition, loaded, end, answers);
  });
}

/** @returns the end of the log */
export function checkInside(log: string, saved: number, range: Range | undefined): number {
  if (range && range.low <= saved && saved <= range.high) return range.high;
  const found = range ? `holds only ${range.low} to ${range.high}` : "doesn't exist";
  throw new InvariantBroken(
    `The saved position of ${log} is ${saved}, but the log ${found}: the topic was emptied, cut or replaced. Restore it, or empty the service's database schema to begin anew.`,
  );
}

async function readAnswers<S>(shell: Shell<S>, partition: number, from: number, to: number): Promise<Answer[]> {
  if (from >= to) return [];
  const counting: LogRecord[] = [];
  const reader = await shell.reader();
  await reader.read({ topic: shell.journalTopic, partition }, from, to, (records) => {
    for (const record of records) if (counts(record.offset, record.headers)) counting.push(record);
  });
  await shell.codec.learn(counting.map((record) => record.value));
  return counting.map((record) => toAnswer(shell, partition, record));
}

function toAnswer<S>(shell: Shell<S>, partition: number, record: LogRecord): Answer {
  const cause = headerNumber(record.headers, header.cause);
  try {
    if (cause === null) throw new Error('it names no cause');
    return { offset: record.offset, cause, event: shell.codec.decode(record.value) };
  } catch (error) {
    const where = `${shell.journalTopic}/${partition}/${record.offset}`;
    if (error instanceof UnknownSchema) throw writtenByNewer(where, error);
    throw new InvariantBroken(
      `${where} can't be read (${messageOf(error)}): another writer was at work there. Restore the topic.`,
    );
  }
}
