import { jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decimal, text } from '@slipstream/domain';
import { proofOf, readPublished, readReport, type PublishedStats } from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import { parse } from 'csv-parse/sync';
import { naiveStats } from '../../../tools/verify/naive-stats.js';
import { formulaVersion } from '../src/write-line.js';
import { openReadModel, project, type ReadModel } from './database.js';
import { Journal, ProviderLine } from './history.js';

jest.setTimeout(120_000);

const dayMs = 86_400_000;

const folder = process.env['SLIPSTREAM_DATA'] ?? join(process.cwd(), '..', 'shared', 'data');
const file = join(folder, 'leader-fills.csv');
const hasData = existsSync(file);
if (!hasData) console.log(`skipped: no ${file} (set SLIPSTREAM_DATA)`);

interface Expected {
  readonly fills: number;
  readonly gross_realized_pnl: string;
  readonly fees_paid: string;
  readonly net_realized: string;
  readonly closed_positions: number;
  readonly win_positions_net_of_fee: number;
  readonly open_at_end: Readonly<Record<string, string>>;
}

(hasData ? describe : describe.skip)('real fills', () => {
  let model: ReadModel;
  afterAll(async () => {
    await model.close();
    await stopStack();
  });

  test('give the totals that were computed independently', async () => {
    const line = lineOfRealFills();
    model = await openReadModel();
    await project(model, line.journal.records, [1, 700, 3, 1500]);

    const expected = JSON.parse(readFileSync(join(folder, 'leader-fills.expected.json'), 'utf8')) as Record<
      string,
      Expected
    >;
    const { providers } = await readReport(model.pool);
    expect(providers.map(({ providerId }) => providerId)).toEqual(Object.keys(expected).sort());
    for (const provider of providers) {
      const of = expected[provider.providerId] as Expected;
      expect(provider).toMatchObject({
        fills: of.fills,
        grossPnl: plain(of.gross_realized_pnl),
        fees: plain(of.fees_paid),
        netPnl: plain(of.net_realized),
        closedPositions: of.closed_positions,
        wonPositions: of.win_positions_net_of_fee,
        openPositions: of.open_at_end,
      });
    }
  });

  test('give, at any point, every figure of every window as the plain recomputation does', async () => {
    const { records } = lineOfRealFills().journal;
    const anew = await openReadModel();
    const ids = new Set(
      records.flatMap(({ event }) => (event.type === 'ProviderRegistered' ? [event.providerId] : [])),
    );
    let from = 0;
    for (const share of [0.3, 0.75, 1]) {
      const to = Math.round(records.length * share);
      await project(anew, records.slice(from, to), [5, 400], true);
      from = to;
      for (const id of ids) {
        const naive = naiveStats(0, records.slice(0, to), id, () => '1') as Omit<PublishedStats, 'formulaVersion'>;
        const found = await readPublished(anew.pool, id);
        expect(found?.stats).toEqual({ ...naive, formulaVersion });
        expect(found?.hash).toBe(proofOf({ ...naive, formulaVersion }));
      }
    }
    const { stats } = (await readPublished(anew.pool, [...ids][0] ?? '')) as { stats: PublishedStats };
    // What is null would agree too easily.
    expect(Object.values(stats.periods['30d']).filter((value) => value === null).length).toBeLessThanOrEqual(3);
    await anew.close();
  });
});

/** The providers of the file on one line, with the market clock striking every midnight between the fills. */
function lineOfRealFills(): ProviderLine {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true });
  const line = new ProviderLine(new Journal('providers.events', 0));
  const first = Number(rows[0]?.['time_ms']);
  let midnight = first - (first % dayMs) + dayMs;
  for (const id of new Set(rows.map((row) => row['portfolio_id'] ?? ''))) line.register(id, '10000', first);
  for (const row of rows) {
    for (; midnight <= Number(row['time_ms']); midnight += dayMs) line.tick(midnight, true);
    line.fill(row['portfolio_id'] ?? '', sourceOf(row), fillOf(row));
  }
  line.tick(midnight, true);
  return line;
}

const plain = (value: string): string => text(decimal(value));
const sides = { LONG: 'long', SHORT: 'short', BOTH: 'net' } as const;

const sourceOf = (row: Record<string, string>) => ({
  instrument: row['symbol'] ?? '',
  side: row['side'] === 'BUY' ? ('buy' as const) : ('sell' as const),
  positionSide: sides[row['position_side'] as keyof typeof sides],
});

const fillOf = (row: Record<string, string>) => ({
  sequence: Number(row['seq']),
  tradeId: null,
  price: row['price'] ?? '',
  quantity: row['qty'] ?? '',
  fee: text(decimal(row['fee'] ?? '').neg()),
  feeAsset: row['fee_asset'] ?? '',
  realisedPnl: row['realized_profit'] === '' ? null : (row['realized_profit'] ?? null),
  occurredAt: Number(row['time_ms']),
});
