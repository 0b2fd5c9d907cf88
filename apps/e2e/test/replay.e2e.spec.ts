import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decimal } from '@slipstream/domain';
import { dataFolder, describeWithData } from './data.js';
import { runPlatform, type Run } from './platform.js';

interface Expected {
  readonly fills: number;
  readonly gross_realized_pnl: string;
  readonly fees_paid: string;
  readonly net_realized: string;
  readonly closed_positions: number;
  readonly win_positions_net_of_fee: number;
  readonly open_at_end: Readonly<Record<string, string>>;
}

const seconds = 1000;

describeWithData('the straight line, real fills, 200 followers, embedded broker and database', () => {
  let run: Run;
  const expected = (): Record<string, Expected> =>
    JSON.parse(readFileSync(join(dataFolder, 'leader-fills.expected.json'), 'utf8')) as Record<string, Expected>;

  beforeAll(async () => {
    const fills = join(dataFolder, 'leader-fills.csv');
    run = await runPlatform(['--once', '--fresh', '--fills', fills, '--followers', '200', '--speed', 'max']);
  }, 240 * seconds);

  test('ends by itself with exit code 0, a leaderboard and a report', () => {
    expect({ code: run.code, tail: run.code === 0 ? '' : run.stdout.slice(-2000) + run.stderr.slice(-2000) }).toEqual({
      code: 0,
      tail: '',
    });
    for (const providerId of Object.keys(expected())) expect(run.stdout).toContain(providerId);
  });

  test('gives the independently computed totals to the last decimal', () => {
    const got = Object.fromEntries(
      run.report!.providers.map((provider) => [
        provider.providerId,
        {
          fills: provider.fills,
          grossPnl: decimal(provider.grossPnl).toString(),
          fees: decimal(provider.fees).toString(),
          netPnl: decimal(provider.netPnl).toString(),
          closedPositions: provider.closedPositions,
          wonPositions: provider.wonPositions,
          openPositions: provider.openPositions,
        },
      ]),
    );
    const wanted = Object.fromEntries(
      Object.entries(expected()).map(([providerId, totals]) => [
        providerId,
        {
          fills: totals.fills,
          grossPnl: decimal(totals.gross_realized_pnl).toString(),
          fees: decimal(totals.fees_paid).toString(),
          netPnl: decimal(totals.net_realized).toString(),
          closedPositions: totals.closed_positions,
          wonPositions: totals.win_positions_net_of_fee,
          openPositions: totals.open_at_end,
        },
      ]),
    );
    expect(got).toEqual(wanted);
  });

  test('owes each copy one outcome and gives exactly that', () => {
    const { copies } = run.report!;
    const skipped = Object.values(copies.skipped).reduce((sum, count) => sum + count, 0);
    expect(copies.providerOrders).toBe(run.report!.providers.reduce((sum, provider) => sum + provider.orders, 0));
    expect({ missing: copies.missing, duplicated: copies.duplicated }).toEqual({ missing: 0, duplicated: 0 });
    expect(copies.copied + skipped).toBe(copies.expectedOutcomes);
    expect(copies.copied).toBeGreaterThan(10_000);
  });

  test('conserves money and says how long things took', () => {
    expect(run.report!.ledgerSum).toBe('0');
    expect(run.report!.elapsedMs.processing).toBeGreaterThan(0);
    expect(run.report!.latencyMs.fillToPlaced.p99).toBeGreaterThanOrEqual(run.report!.latencyMs.fillToPlaced.p50);
  });
});
