import { jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decimal, text } from '@slipstream/domain';
import { readReport } from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import { parse } from 'csv-parse/sync';
import { openReadModel, project, type ReadModel } from './database.js';
import { Journal, ProviderLine } from './history.js';

jest.setTimeout(60_000);

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
    const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true });
    const line = new ProviderLine(new Journal('providers.events', 0));
    for (const id of new Set(rows.map((row) => row['portfolio_id'] ?? ''))) line.register(id, '10000', 0);
    for (const row of rows) line.fill(row['portfolio_id'] ?? '', sourceOf(row), fillOf(row));
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
});

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
