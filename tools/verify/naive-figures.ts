// What orders and closed lead positions add up to, worked out anew for each window.
import type { ProviderOrderTaken } from '@slipstream/contracts';
import type { PublishedStats } from '@slipstream/read-model';
import { num, said, sum, ten, type Num } from './naive-numbers.ts';

/** Booked on a complete day, or on the one that runs (null). */
export interface Booked {
  label: string | null;
}
export interface Closed extends Booked {
  readonly net: Num;
  readonly cost: Num;
  readonly held: number;
  readonly long: boolean;
}
export interface Ordered extends Booked {
  readonly taken: ProviderOrderTaken;
  readonly exposure: Num | null;
}

/** What was traded. */
export function strategyOf(orders: readonly Ordered[]): PublishedStats['strategy'] {
  const kinds = new Set(
    orders.map(({ taken: { order, positionAfter } }) => {
      const named = /(-SWAP|-FUTURES|PERP|-\d{6})$/i.test(order.instrument);
      const borrowed = order.leverage !== null || order.marginMode !== null;
      return named || borrowed || order.positionSide !== 'net' || num(positionAfter).lt(0) ? 'futures' : 'spot';
    }),
  );
  return kinds.size === 0 ? null : kinds.size === 2 ? 'mixed' : ([...kinds][0] as 'spot');
}

/** Figures of orders and closed positions from a day on, the running one included. */
export function figuresFrom(
  from: string,
  allOrders: readonly Ordered[],
  allClosed: readonly Closed[],
  contractSize: (instrument: string) => string,
) {
  const orders = allOrders.filter(({ label }) => label === null || label >= from);
  const fills = orders.flatMap(({ taken }) =>
    taken.fills.map((fill) => ({ fill, instrument: taken.order.instrument })),
  );
  const closed = allClosed.filter(({ label }) => label === null || label >= from);
  const gross = sum(fills.map(({ fill }) => num(fill.realisedPnl)));
  const fees = sum(fills.map(({ fill }) => num(fill.fee)));
  const won = closed.filter(({ net }) => net.gt(0));
  const loss = sum(closed.filter(({ net }) => net.lte(0)).map(({ net }) => net.abs()));
  const worst = closed.filter(({ cost }) => cost.gt(0)).map(({ net, cost }) => net.div(cost));
  const exposures = orders.flatMap(({ exposure }) => (exposure === null ? [] : [exposure]));
  const per = (total: Num): Num | null => (closed.length === 0 ? null : total.div(closed.length));
  const holding = per(num(closed.reduce((all, { held }) => all + held, 0)));
  const pnlOf = (long: boolean): string => said(sum(closed.filter((one) => one.long === long).map(({ net }) => net)));
  const volume = fills.map(({ fill, instrument }) =>
    num(fill.price).times(fill.quantity).times(contractSize(instrument)),
  );
  const leverages = orders.flatMap(({ taken }) => (taken.order.leverage === null ? [] : [num(taken.order.leverage)]));
  const largest = (values: readonly Num[]): Num | null =>
    values.reduce<Num | null>((a, b) => (a === null || b.gt(a) ? b : a), null);
  return {
    fills: fills.filter(({ fill }) => fill.part !== 'rest').length,
    orders: orders.length,
    totalTrades: closed.length,
    wonTrades: won.length,
    winRate: ten(per(num(won.length))),
    grossPnl: said(gross),
    fees: said(fees),
    totalPnl: said(gross.minus(fees)),
    profitFactor: ten(loss.eq(0) ? null : sum(won.map(({ net }) => net)).div(loss)),
    maxLossSingleTrade: ten(worst.reduce<Num | null>((a, b) => (a === null || b.lt(a) ? b : a), null)),
    averagePositionNotional: ten(per(sum(closed.map(({ cost }) => cost)))),
    averageHoldingMs: holding && Number(holding.round(0, 2).toFixed()),
    longTrades: closed.filter(({ long }) => long).length,
    longPnl: pnlOf(true),
    shortPnl: pnlOf(false),
    volume: said(sum(volume)),
    peakExposure: ten(largest(exposures)),
    averageLeverage: ten(leverages.length === 0 ? null : sum(leverages).div(leverages.length)),
    peakLeverage: ten(largest(leverages)),
  };
}
