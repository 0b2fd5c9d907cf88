// Runs the four deciding services over their recorded inboxes, undisturbed, and compares with what lies in the topics.
import { Codec, createSchemaIds, type Stream } from '@slipstream/contracts';
import { counts, headerText, openKafkaJsLog, topicName, type Fold, type Log } from '@slipstream/streams';
import { undisturbed, type RawRecord } from './undisturbed.ts';
import { loadFolds } from './folds.ts';
import { readTopics, type Recorded } from './read-topics.ts';

const registryUrl = process.env['SCHEMA_REGISTRY_URL'];

export interface Verdict {
  /** One line per service. */
  readonly lines: string[];
  readonly differences: string[];
}

/**
 * @param brokers `host:port` of the installation
 * @param prefix before its topic names
 * @throws Error when a topic isn't there
 */
export async function verifyDecisions(brokers: readonly string[], prefix: string): Promise<Verdict> {
  const log = openKafkaJsLog({ brokers, clientId: 'verify', logger: console });
  const verdict: Verdict = { lines: [], differences: [] };
  try {
    for (const fold of await loadFolds()) await verifyFold(log, fold, prefix, verdict);
  } finally {
    await log.close();
  }
  return verdict;
}

async function verifyFold(log: Log, fold: Fold<unknown>, prefix: string, verdict: Verdict): Promise<void> {
  const codec = new Codec(await createSchemaIds({ ...(registryUrl ? { registryUrl } : {}) }));
  const topicOf = (stream: { readonly topic: string }): string => topicName(stream as Stream, prefix);
  const targets = targetsOf(fold).map((topic) => prefix + topic);
  const recorded = await readTopics(log, [topicOf(fold.inbox), topicOf(fold.journal), ...targets]);
  for (const partitions of recorded.values())
    for (const records of partitions.values()) await codec.learn(records.map(({ value }) => value));
  const journals = recorded.get(topicOf(fold.journal));
  const sent = new Map<string, Map<string, Buffer>>();
  let decided = 0;
  for (const [partition, records] of recorded.get(topicOf(fold.inbox)) ?? []) {
    // What doesn't lie at its `at` counts for nobody, also where a journal is the inbox.
    const inbox = fold.inbox.kind === 'journal' ? counting(records) : records;
    const journal = counting(journals?.get(partition) ?? []);
    const twin = undisturbed(fold, codec, partition, inbox, journal, topicOf);
    decided += twin.decided;
    verdict.differences.push(...twin.differences);
    for (const [target, bySource] of twin.sent) {
      const all = sent.get(target) ?? new Map<string, Buffer>();
      for (const [source, bytes] of bySource) all.set(source, bytes);
      sent.set(target, all);
    }
  }
  const own = [`${fold.journal.topic}/`, `${fold.inbox.topic}/`];
  const repeats = targets.map((topic) => compareSent(topic, recorded, own, sent, verdict)).reduce((a, b) => a + b, 0);
  verdict.lines.push(`${fold.service}: ${decided} events as undisturbed, ${repeats} repeats in the topics`);
}

const counting = <R extends RawRecord>(records: readonly R[]): R[] =>
  records.filter((record) => counts(record.offset, record.headers));

/** Where a service's commands go. */
const targetsOf = (fold: Fold<unknown>): readonly string[] =>
  fold.service === 'position-sizer' ? ['orders.commands', 'providers.commands'] : ['accounts.commands'];

/** What lies in a target topic from this service's logs, once per source, must be what the twin sends; both ways. */
function compareSent(
  topic: string,
  recorded: Recorded,
  own: readonly string[],
  sent: ReadonlyMap<string, ReadonlyMap<string, Buffer>>,
  verdict: Verdict,
): number {
  let repeats = 0;
  for (const [partition, records] of recorded.get(topic) ?? []) {
    const wanted = sent.get(`${topic}/${partition}`) ?? new Map<string, Buffer>();
    const seen = new Set<string>();
    for (const record of records) {
      const source = headerText(record.headers, 'source');
      if (source === undefined || !own.some((start) => source.startsWith(start))) continue;
      if (seen.has(source)) repeats += 1;
      seen.add(source);
      const expected = wanted.get(source);
      if (!expected) verdict.differences.push(`${topic} p${partition} offset ${record.offset}: nobody sends ${source}`);
      else if (!record.value || !expected.equals(record.value))
        verdict.differences.push(
          `${topic} p${partition} offset ${record.offset}: other bytes than undisturbed (${source})`,
        );
    }
    for (const source of wanted.keys())
      if (!seen.has(source)) verdict.differences.push(`${topic} p${partition}: ${source} was never sent`);
  }
  return repeats;
}
