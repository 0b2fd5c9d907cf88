import {
  afterDay,
  afterFlow,
  annualReturn,
  calmar,
  decimal,
  maxDrawdown,
  noReturns,
  power,
  returnsOf,
  roi,
  rootOfQuotient,
  seriesFrom,
  sharpe,
  sharpeRatio,
  sortino,
  text,
  volatility,
  winRate,
  type Decimal,
  type Returns,
} from '../src/index.js';
import { dataFile } from './real-instruments.js';

type Vector = Readonly<Record<string, unknown>>;
const vectors = dataFile('vectors/stats.json') as readonly Vector[] | null;
const whenThere = vectors ? test : test.skip;
const the = (id: string): Vector => {
  const vector = vectors?.find((one) => one['id'] === id);
  if (!vector) throw new Error(`no vector ${id}`);
  return vector;
};
const numbers = (values: unknown): Returns =>
  returnsOf((values as (number | null)[]).flatMap((value) => (value === null ? [] : [decimal(String(value))])));
/** Agreement to 1e-9 of the value. */
function near(value: Decimal | null, expected: unknown): void {
  expect(value).not.toBeNull();
  const [is, should] = [Number(value), Number(expected)];
  expect(Math.abs(is - should)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(should)));
}

whenThere('binance_nav_roi: deposits cut the day and move no return', () => {
  const { balance, deposit, nav, roi_pct: percent } = the('binance_nav_roi') as Record<string, number[]>;
  let series = seriesFrom(decimal(String(balance?.[0])));
  (balance ?? []).forEach((end, day) => {
    const flow = deposit?.[day] ?? 0;
    const before = decimal(String(balance?.[day - 1] ?? end));
    if (flow > 0) series = afterFlow(series, before, before.plus(String(flow))).series;
    if (day > 0) series = afterDay(series, decimal(String(end))).series;
    expect(Math.round(Number(series.returns.growth) * 1000) / 1000).toBe(nav?.[day]);
    if (day > 0) expect(Math.round(Number(roi(series.returns)) * 1000) / 10).toBe(percent?.[day]);
  });
});

whenThere('binance_sharpe: the pure function, without the 30-day rule', () => {
  const { daily_roi: daily, annualized_sharpe: sharpes } = the('binance_sharpe') as Record<string, (number | null)[]>;
  (daily ?? []).forEach((_, day) => {
    const returns = numbers(daily?.slice(0, day + 1));
    const value = sharpeRatio(returns);
    expect(value && Math.round(Number(value) * 100) / 100).toBe(sharpes?.[day]);
    expect(sharpe(returns)).toBeNull();
  });
});

whenThere('binance_win_rate: closed positions only, and none without one', () => {
  expect(String(the('binance_win_rate')['rule'])).toContain('profitable closed positions / total closed positions');
  expect([winRate(0, 0), text(winRate(3, 4) as Decimal)]).toEqual([null, '0.75']);
});

whenThere('empyrical_mixed: 252 periods', () => {
  const vector = the('empyrical_mixed');
  const returns = numbers(vector['returns']);
  near(maxDrawdown(returns), vector['max_drawdown']);
  near(sharpeRatio(returns, 252), vector['sharpe_252_ddof1']);
  near(volatility(returns, 252), vector['annual_vol_252']);
  // empyrical counts the day without a value for the annual return.
  const counted = { ...returns, days: (vector['returns'] as unknown[]).length };
  near(annualReturn(counted, 252), vector['annual_return_252']);
  near(calmar(counted, 252), vector['calmar']);
  const curve = (vector['returns'] as (number | null)[]).map((_, day, all) => numbers(all.slice(0, day + 1)).growth);
  // The vector has them cut to five decimals and more.
  curve.forEach((growth, day) => {
    const told = (vector['cum_returns'] as number[])[day] as number;
    expect(Math.abs(Number(growth.minus('1')) - told)).toBeLessThan(1e-5);
  });
  // Sortino = mean × periods ÷ downside risk.
  const mean = Number(returns.sum) / returns.days;
  near(sortino(returns, 252), (mean * 252) / Number(vector['downside_risk']));
});

whenThere('empyrical_positive, _negative, _pm10, _single', () => {
  const positive = numbers(the('empyrical_positive')['returns']);
  near(maxDrawdown(positive), 0);
  near(sharpeRatio(positive, 252), the('empyrical_positive')['sharpe_252_ddof1']);
  expect([sortino(positive), calmar(positive)]).toEqual([null, null]);
  const negative = numbers(the('empyrical_negative')['returns']);
  near(maxDrawdown(negative), the('empyrical_negative')['max_drawdown']);
  near(sharpeRatio(negative, 252), the('empyrical_negative')['sharpe_252_ddof1']);
  expect(Number(roi(negative)).toFixed(4)).toBe('-0.3659');
  near(maxDrawdown(numbers(the('empyrical_pm10')['returns'])), the('empyrical_pm10')['max_drawdown']);
  const single = numbers(the('empyrical_single')['returns']);
  expect([text(maxDrawdown(single) as Decimal), sharpeRatio(single), volatility(single), sortino(single)]).toEqual([
    '0',
    the('empyrical_single')['sharpe'],
    null,
    null,
  ]);
});

test('what is unknown is null, never 0 or without end', () => {
  expect([roi, maxDrawdown, sharpe, sortino, calmar, volatility].map((metric) => metric(noReturns))).toEqual(
    Array.from({ length: 6 }, () => null),
  );
  const still = returnsOf(Array.from({ length: 40 }, () => decimal('0.01')));
  expect([sharpe(still), sortino(still), calmar(still)]).toEqual([null, null, null]);
  expect(text(volatility(still) as Decimal)).toBe('0');
  const beyond = returnsOf([decimal('-0.5'), decimal('9999')]);
  expect(calmar(beyond)).toBeNull();
  const lost = returnsOf([decimal('0.5'), decimal('-1')]);
  expect([roi(lost), maxDrawdown(lost), calmar(lost)].map((value) => text(value as Decimal))).toEqual([
    '-1',
    '-1',
    '-1',
  ]);
});

test.each([
  ['2', 365, 1, null],
  ['1.21', 1, 2, '1.1'],
  ['1000000', 1, 3, '100'],
  ['0.0001', 1, 4, '0.1'],
  ['7', 3, 3, '7'],
  ['0', 5, 2, '0'],
])('%s to the power of %i ÷ %i', (base, numerator, denominator, expected) => {
  const value = power(decimal(base), numerator, denominator);
  if (expected !== null) expect(text(value.round(30))).toBe(expected);
  // 2^365 exactly.
  else expect(value.round(30).stripped()).toMatchObject({ digits: 2n ** 365n, decimals: 0 });
});

test('roots are cut to 40 decimals', () => {
  expect(text(rootOfQuotient(decimal('2'), decimal('1')))).toBe('1.4142135623730950488016887242096980785696');
  expect(text(rootOfQuotient(decimal('1'), decimal('0.0004')))).toBe('50');
});
