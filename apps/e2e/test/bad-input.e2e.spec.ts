import { join } from 'node:path';
import { stopStack, testDatabase, testKafka, uniquePrefix } from '@slipstream/testing';
import { runPlatform, temporaryFolder, type Run } from './platform.js';
import { line, writeFills, type SyntheticFill } from './synthetic-fills.js';

const seconds = 1000;
const start = Date.UTC(2026, 1, 2);
const fill = (seq: number, over: Partial<SyntheticFill> = {}): SyntheticFill => ({
  provider: 'p1',
  seq,
  time: start + seq * 2_000,
  symbol: 'BTCUSDT',
  side: 'BUY',
  positionSide: 'LONG',
  price: '50000',
  qty: '0.1',
  fee: '-2.5',
  ...over,
});

/** Good lines 1, 2 and 9; all between are wrong, each in its own way. Line numbers of the file are two higher. */
const lines = [
  line(fill(1)),
  line(fill(2)),
  'p1,3,not enough columns',
  line(fill(4)).replace('BUY', 'HOLD'),
  line(fill(5, { qty: '-0.1' })),
  line(fill(6, { price: 'NaN' })),
  line(fill(7, { qty: '1234567890123456789012345678901234567890' })),
  line(fill(2)),
  line(fill(1)),
  line(fill(9, { side: 'SELL', qty: '0.2', price: '51000', fee: '-5.1', realised: '200' })),
];

describe('a file with malformed lines', () => {
  let file: string;
  const options = (): string[] => ['--once', '--fills', file, '--followers', '2', '--copy-mode', 'ratio_copy'];
  async function run(more: readonly string[]): Promise<Run> {
    const kafka = await testKafka();
    const database = await testDatabase();
    const env = { KAFKA_BROKERS: kafka, TOPIC_PREFIX: uniquePrefix(), DATABASE_URL: database.adminUrl };
    return runPlatform([...options(), ...more], { env });
  }
  beforeAll(() => {
    file = join(temporaryFolder(), 'bad.csv');
    writeFills(file, lines);
  });

  afterAll(stopStack);

  test(
    'each is reported with file, line and reason, the rest is processed, and the exit code tells',
    async () => {
      const done = await run([]);
      const output = done.stdout + done.stderr;
      for (const number of [4, 5, 6, 7, 8, 9, 10]) expect(output).toMatch(new RegExp(`bad\\.csv:${number}\\b`));
      expect(output).toMatch(/7 malformed/);
      expect(done.code).toBe(2);
      expect(done.report!.providers).toHaveLength(1);
      expect(done.report!.providers[0]).toMatchObject({ fills: 3, grossPnl: '200', fees: '10.1', closedPositions: 1 });
      expect(done.report!.copies).toMatchObject({ missing: 0, duplicated: 0 });
    },
    120 * seconds,
  );

  test(
    '--strict stops at the first',
    async () => {
      const done = await run(['--strict']);
      expect(done.stdout + done.stderr).toMatch(/bad\.csv:4\b/);
      expect(done.stdout + done.stderr).not.toMatch(/bad\.csv:5\b/);
      expect(done.code).toBe(3);
    },
    120 * seconds,
  );
});
