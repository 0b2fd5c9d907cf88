import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { startKafka } from '../../../tools/embedded/kafka.ts';
import { Codec, createSchemaIds, partitionOf, type AnyRecord } from '../src/index.js';
import { examples, recordNames } from './controls.js';

const run = promisify(execFile);
const partitions = 3;
const topic = `contracts-${randomUUID()}.events`;
const lockFile = fileURLToPath(new URL('../avro/lock.json', import.meta.url));
const cache = fileURLToPath(new URL('../../../.cache/python-reader', import.meta.url));
const packages = ['fastavro>=1.9,<2', 'kafka-python>=2.1,<4'];

interface Written {
  readonly key: string;
  readonly partition: number;
  readonly record: AnyRecord;
  readonly bytes: Buffer;
  /** False for a record that a zombie appended: it doesn't lie where its writer expected it. */
  readonly counts: boolean;
}

/** A Python with fastavro and a Kafka client, made once in a cache folder; a reason where there can't be one. */
function python(): { readonly command: string } | { readonly missing: string } {
  const command = join(cache, 'bin/python');
  const done = join(cache, 'installed');
  if (existsSync(done)) return { command };
  if (spawnSync('python3', ['--version']).status !== 0) return { missing: 'python3 is not installed' };
  mkdirSync(cache, { recursive: true });
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', '--clear', cache]],
    [command, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...packages]],
  ];
  for (const [program, options] of steps) {
    const step = spawnSync(program, options, { encoding: 'utf8', timeout: 120_000 });
    const last = step.stderr?.trim().split('\n').at(-1);
    if (step.status !== 0) return { missing: `${packages.join(' and ')} can't be installed (${last})` };
  }
  writeFileSync(done, '');
  return { command };
}

const reader = python();
const kcat = ['kcat', 'kafkacat'].find((name) => spawnSync(name, ['-V']).status === 0);
if ('missing' in reader) console.warn(`Skipped: reading a topic with Python, because ${reader.missing}.`);
if (!kcat) console.warn('Skipped: reading a topic with kcat, because it is not on the PATH.');

describe('a topic', () => {
  let brokers = process.env['TEST_KAFKA_BROKERS'] ?? '';
  let stop: (() => Promise<unknown>) | undefined;
  let written: Written[];

  beforeAll(async () => {
    if (brokers === '') {
      const dataDir = await mkdtemp(join(tmpdir(), 'slipstream-contracts-'));
      const broker = await startKafka({ dataDir });
      brokers = broker.brokers;
      stop = async () => {
        await broker.stop();
        await rm(dataDir, { recursive: true, force: true });
      };
    }
    const codec = new Codec(await createSchemaIds());
    const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
    written = await writeAll(kafka, codec);
  }, 90_000);

  afterAll(() => stop?.(), 30_000);

  ('missing' in reader ? it.skip : it)(
    'is read by Python with an Avro library and the lock file',
    async () => {
      const script = fileURLToPath(new URL('python/read_topic.py', import.meta.url));
      const { stdout } = await run((reader as { command: string }).command, [script, brokers, topic, lockFile], {
        maxBuffer: 64 * 1024 * 1024,
      });
      expect(linesOf(stdout)).toEqual(inOrder(written).map(asJson));
    },
    60_000,
  );

  (kcat ? it : it.skip)(
    'is read by kcat: keys, headers and bytes',
    async () => {
      // %p partition, %o offset, %k key, %h headers, %S value length: text of every record, without the binary value.
      const format = '%p\t%o\t%k\t%h\t%S\n';
      const options = ['-C', '-b', brokers, '-t', topic, '-o', 'beginning', '-e', '-q', '-f', format];
      const { stdout } = await run(kcat as string, options, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
      const seen = stdout.trimEnd().split('\n').sort();
      const wanted = inOrder(written).map(({ item, offset }) =>
        [item.partition, offset, item.key, headerText(item, offset), item.bytes.length].join('\t'),
      );
      expect(seen).toEqual(wanted.sort());

      // The value itself, byte for byte, of one record.
      const [first] = inOrder(written) as [{ item: Written; offset: number }];
      const one = ['-C', '-b', brokers, '-t', topic, '-p', String(first.item.partition), '-o', '0', '-c', '1', '-q'];
      const value = await run(kcat as string, [...one, '-f', '%s'], { encoding: 'buffer' });
      expect(value.stdout.equals(first.item.bytes)).toBe(true);
    },
    60_000,
  );

  /** Every example of every record, with journal headers; every fifth lies where its writer did not expect it. */
  async function writeAll(kafka: kafkajs.Kafka, codec: Codec): Promise<Written[]> {
    const items = recordNames
      .flatMap((name) => examples(name))
      .map((record, i) => {
        const key = `follower-${String(i).padStart(4, '0')}-ü`;
        const partition = partitionOf(key, partitions);
        return { key, partition, record, bytes: codec.encode(record), counts: i % 5 !== 0 };
      });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] });
    await admin.disconnect();
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const messages = inOrder(items).map(({ item, offset }) => ({
      key: item.key,
      partition: item.partition,
      value: item.bytes,
      headers: { at: String(expectedOffset(item, offset)), rules: '0.1.0' },
    }));
    await producer.send({ topic, messages, acks: -1 });
    await producer.disconnect();
    return items;
  }
});

const expectedOffset = (item: Written, offset: number): number => (item.counts ? offset : offset - 1);
const headerText = (item: Written, offset: number): string => `at=${expectedOffset(item, offset)},rules=0.1.0`;

/** The records by partition, with the offsets they lie at. */
function inOrder(items: readonly Written[]): { readonly item: Written; readonly offset: number }[] {
  return Array.from({ length: partitions }, (_, partition) =>
    items.filter((item) => item.partition === partition).map((item, offset) => ({ item, offset })),
  ).flat();
}

/** What the Python reader prints of it. */
function asJson({ item, offset }: { item: Written; offset: number }): object {
  const { type, ...fields } = item.record;
  const value = JSON.parse(
    JSON.stringify(fields, (_, inner: unknown) => {
      const bytes = inner as { type?: string; data?: number[] } | null;
      return bytes?.type === 'Buffer' ? { hex: Buffer.from(bytes.data ?? []).toString('hex') } : inner;
    }),
  ) as object;
  return { partition: item.partition, offset, key: item.key, counts: item.counts, type, value };
}

/** Its lines by partition and offset; it polls the partitions in any order. */
function linesOf(stdout: string): object[] {
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { partition: number; offset: number });
  return lines.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
