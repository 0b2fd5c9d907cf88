import type { AppliedFill } from '@slipstream/contracts';
import fc from 'fast-check';
import {
  afterCopyEnd,
  afterCopyFlow,
  afterDay,
  aumOf,
  decimal,
  equity,
  grown,
  latencyBucketMs,
  latencyQuantileMs,
  maxDrawdown,
  merged,
  netPnl,
  noFigures,
  orderFigures,
  published,
  roi,
  roundQuotient,
  seriesFrom,
  slippage,
  text,
  unrealisedSum,
  winRate,
  zero,
  type Decimal,
} from '../src/index.js';

const money = (cents: number): string => text(decimal(String(cents)).div(decimal('100')));
const sum = (values: readonly Decimal[]): Decimal => values.reduce((a, b) => a.plus(b), zero);

const fill = (fields: Partial<AppliedFill>): AppliedFill => ({
  sequence: 1,
  part: 'whole',
  price: '100',
  quantity: '1',
  fee: '0',
  feeAsset: 'USDT',
  realisedPnl: '0',
  averageCostPnl: '0',
  excess: '0',
  pnlDiffers: false,
  occurredAt: 0,
  ...fields,
});

describe('figures', () => {
  const counted = (fills: readonly AppliedFill[]) => orderFigures(fills, decimal('1'), null, null);

  test('a fill through zero is counted at its first part, its money in both', () => {
    const close = counted([fill({ part: 'first', fee: '0.3', realisedPnl: '5' })]);
    const both = merged(close, counted([fill({ part: 'rest', fee: '0.1' })]));
    expect([both.fills, both.orders, text(both.grossPnl), text(both.fees), text(netPnl(both))]).toEqual([
      1,
      2,
      '5',
      '0.4',
      '4.6',
    ]);
  });

  test('a rebate lowers the fees', () => {
    expect(text(counted([fill({ fee: '-0.2' })]).fees)).toBe('-0.2');
  });

  test('are the plain sums, however the fills are grouped into orders and the orders into days', () => {
    const fills = fc.record({ fee: fc.integer().map(money), realisedPnl: fc.integer().map(money) });
    fc.assert(
      fc.property(fc.array(fc.array(fills, { minLength: 1, maxLength: 5 }), { maxLength: 20 }), (orders) => {
        const each = orders.map((order) => counted(order.map(fill)));
        const half = Math.floor(each.length / 2);
        const sumOf = (some: typeof each) => some.reduce(merged, noFigures);
        const figures = merged(sumOf(each.slice(0, half)), sumOf(each.slice(half)));
        const all = orders.flat();
        expect(text(figures.grossPnl)).toBe(text(sum(all.map(({ realisedPnl }) => decimal(realisedPnl)))));
        expect(text(figures.fees)).toBe(text(sum(all.map(({ fee }) => decimal(fee)))));
        expect([figures.fills, figures.orders]).toEqual([all.length, orders.length]);
      }),
    );
  });
});

describe('winRate', () => {
  test.each([
    [0, 0, null],
    [0, 3, '0'],
    [46, 46, '1'],
    [58, 72, '0.8055555556'],
  ])('%i of %i is %s', (won, closed, rate) => expect(published(winRate(won, closed))).toBe(rate));
});

describe('daily series', () => {
  const after = (start: string, ends: readonly string[]) =>
    ends.reduce((series, end) => afterDay(series, decimal(end)).series, seriesFrom(decimal(start)));

  test('no complete day: no ROI, no drawdown', () => {
    const series = seriesFrom(decimal('10000'));
    expect([roi(series.returns), maxDrawdown(series.returns)]).toEqual([null, null]);
  });

  test('ROI is compounded, drawdown counts from the start', () => {
    const series = after('1000', ['900', '1350', '1080']);
    expect([published(roi(series.returns)), published(maxDrawdown(series.returns))]).toEqual(['0.08', '-0.2']);
  });

  test('a loss from the first day on is a drawdown below the start', () => {
    expect(published(maxDrawdown(after('1000', ['950', '960']).returns))).toBe('-0.05');
  });

  test('equity at or below zero is a return of -1 and ends the series', () => {
    const series = after('1000', ['1500', '-20', '9000']);
    expect([
      series.returns.days,
      series.ended,
      published(roi(series.returns)),
      published(maxDrawdown(series.returns)),
    ]).toEqual([2, true, '-1', '-1']);
    expect(text(series.lastReturn)).toBe('-1');
  });

  test('a provider without capital has no series', () => {
    expect(roi(after('0', ['10']).returns)).toBeNull();
  });

  test('equals the plain recomputation on random histories', () => {
    const ends = fc.array(fc.integer({ min: -50_000, max: 3_000_000 }).map(money), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }).map(money), ends, (start, equities) => {
        const { growth, drawdown, days } = naiveSeries(decimal(start), equities.map(decimal));
        const series = after(start, equities);
        expect(series.returns.days).toBe(days);
        expect(published(roi(series.returns))).toBe(published(growth));
        expect(published(maxDrawdown(series.returns))).toBe(published(drawdown));
      }),
    );
  });
});

/** The definition read aloud: the whole curve, then every point against every point before it. */
function naiveSeries(start: Decimal, ends: readonly Decimal[]) {
  const endedAt = ends.findIndex((end) => end.lte(zero));
  const days = endedAt < 0 ? ends : ends.slice(0, endedAt + 1);
  const curve = [decimal('1')];
  days.forEach((end, i) => {
    const r = end.lte(zero) ? decimal('-1') : end.div(days[i - 1] ?? start).minus(decimal('1'));
    curve.push(roundQuotient((curve[i] as Decimal).times(r.plus(decimal('1')))));
  });
  const falls = curve.flatMap((point, i) =>
    curve.slice(0, i + 1).map((peak) => (peak.eq(zero) ? zero : point.div(peak).minus(decimal('1')))),
  );
  const drawdown = falls.reduce((worst, fall) => (fall.lt(worst) ? fall : worst), zero);
  const none = days.length === 0;
  return {
    days: days.length,
    growth: none ? null : (curve.at(-1) as Decimal).minus(decimal('1')),
    drawdown: none ? null : drawdown,
  };
}

describe('equity', () => {
  const position = (instrument: string, quantity: string, averageCost: string) => ({
    instrument,
    quantity: decimal(quantity),
    averageCost: decimal(averageCost),
  });

  test('starting capital + realised - fees + unrealised, long and short, contracts at their size', () => {
    const marks: Record<string, [string, string]> = { BTCUSDT: ['110', '1'], ETHUSDT: ['90', '0.1'] };
    const open = [position('BTCUSDT', '2', '100'), position('ETHUSDT', '-10', '100'), position('NEWUSDT', '1', '1')];
    const value = unrealisedSum(open, (instrument) => {
      const [mark, contractSize] = marks[instrument] ?? [];
      return mark && contractSize ? { mark: decimal(mark), contractSize: decimal(contractSize) } : undefined;
    });
    expect(text(value)).toBe('30');
    const totals = { grossPnl: decimal('7'), fees: decimal('2') };
    expect(text(equity(decimal('1000'), zero, totals, value))).toBe('1035');
  });
});

describe('copied position', () => {
  const nothing = { quantity: zero, cost: zero };
  const end = (side: 'buy' | 'sell', quantity: string, price: string | null, realisedPnl = '0') => ({
    ...{ side, quantity, price, realisedPnl },
  });
  const after = (ends: readonly ReturnType<typeof end>[], contractSize = '1') => {
    const held = ends.reduce((before, one) => afterCopyEnd(before, one, decimal(contractSize)), nothing);
    return [text(held.quantity), text(held.cost)];
  };

  test.each([
    ['increases add what was paid', [end('buy', '1', '100'), end('buy', '1', '110')], ['2', '210']],
    ['a reduce leaves the average', [end('buy', '2', '105'), end('sell', '1', '120', '15')], ['1', '105']],
    ['flat costs nothing', [end('buy', '1', '105'), end('sell', '1', '5', '-100.00000001')], ['0', '0']],
    ['a short is negative', [end('sell', '2', '50'), end('buy', '1', '40', '10')], ['-1', '-50']],
    ['nothing filled changes nothing', [end('buy', '2', '50'), end('sell', '0', null)], ['2', '100']],
  ])('%s', (_, ends, expected) => {
    expect(after(ends)).toEqual(expected);
  });

  test('contracts at their size', () => {
    expect(after([end('buy', '30', '100'), end('sell', '10', '110', '1')], '0.01')).toEqual(['20', '20']);
  });
});

describe('growth of a copy', () => {
  const started = { growth: decimal('1'), base: decimal('100') };
  const at = (equityNow: string, flows: readonly [amount: string, equityBefore: string][] = []) =>
    text(
      grown(
        flows.reduce((before, [amount, equity]) => afterCopyFlow(before, decimal(amount), decimal(equity)), started),
        decimal(equityNow),
      ),
    );

  test('is what was made of the money, whatever came in and went out', () => {
    expect(at('110')).toBe('1.1');
    expect(at('1010', [['900', '110']])).toBe('1.1');
    expect(at('20', [['-90', '110']])).toBe('1.1');
    expect(at('1111', [['900', '110']])).toBe('1.21');
  });

  test('a copy that lost everything stays there; one that was emptied has lost nothing', () => {
    expect(at('-1')).toBe('0');
    expect(at('500', [['500', '0']])).toBe('0');
    expect(at('0', [['-100', '100']])).toBe('1');
    expect(at('75', [['-100', '100'], ['50', '0']])).toBe('1.5'); // prettier-ignore
  });

  test('a flow never moves it', () => {
    const cents = fc.integer({ min: 1, max: 10_000_000 });
    fc.assert(
      fc.property(cents, cents, (equityCents, addedCents) => {
        const [before, amount] = [decimal(money(equityCents)), decimal(money(addedCents))];
        const after = grown(afterCopyFlow(started, amount, before), before.plus(amount));
        expect(text(after)).toBe(text(grown(started, before)));
      }),
    );
  });
});

describe('aum', () => {
  test.each([
    ['money beyond what was put in does not count', '100', '150', '100'],
    ['losses do', '100', '79', '79'],
    ['more than was there cannot be lost', '100', '-3', '0'],
  ])('%s', (_, total, equityNow, counts) => {
    expect(text(aumOf(decimal(total), decimal(equityNow)))).toBe(counts);
  });
});

describe('slippage', () => {
  test.each([
    ['buy', '101', '2', '100'],
    ['sell', '101', '-2', '-100'],
    ['sell', '99', '2', '100'],
  ] as const)('a %s of 2 at %s for 100 is %s, %s bp', (side, price, amount, basisPoints) => {
    const worse = slippage(side, decimal('2'), decimal(price), decimal('100'));
    expect([text(worse.amount), text(worse.basisPoints)]).toEqual([amount, basisPoints]);
  });
});

describe('latency', () => {
  test('buckets hold their values and are at most 2 % wide, below 50 ms exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 * 86_400_000 }), (ms) => {
        const bound = latencyBucketMs(ms);
        expect(bound).toBeGreaterThanOrEqual(ms);
        expect(bound).toBeLessThanOrEqual(ms < 50 ? ms : ms * 1.021);
      }),
    );
    expect([latencyBucketMs(0), latencyBucketMs(-3), latencyBucketMs(1e12)]).toEqual([1, 1, 7 * 86_400_000]);
  });

  test('quantiles are those of the sorted values', () => {
    const values = fc.array(fc.integer({ min: 1, max: 49 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.95, 0.99, 1), (latencies, q) => {
        const sorted = [...latencies].sort((a, b) => a - b);
        const buckets = [...new Set(sorted)].map((upToMs) => ({
          upToMs,
          n: sorted.filter((v) => v === upToMs).length,
        }));
        expect(latencyQuantileMs(buckets, q)).toBe(sorted[Math.ceil(q * sorted.length) - 1]);
      }),
    );
    expect(latencyQuantileMs([], 0.5)).toBeNull();
  });
});
