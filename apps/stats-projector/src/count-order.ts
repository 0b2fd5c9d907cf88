import type { ProviderOrderTaken, ProviderRegistered } from '@slipstream/contracts';
import {
  afterOrder,
  closedFigures,
  decimal,
  marketOf,
  merged,
  noFigures,
  noReturns,
  notionalSum,
  orderFigures,
  overviewOwn,
  returnStats,
  seriesFrom,
  text,
  zero,
  type Decimal,
  type LeadPositionFigures,
} from '@slipstream/domain';
import type { JournalRecord } from '@slipstream/streams';
import type { LeadPositionRow } from '@slipstream/read-model';
import { changeProfile } from './change-profile.js';
import { countFunds } from './count-funds.js';
import { idleText } from './figures-text.js';
import { dayOf, setProvider, type Line, type LineChanges, type Provider } from './line.js';

/** Takes one record of providers.events into the line's statistics; a boundary tick is taken by `closeDays`. */
export function countProviderEvent(line: Line, { event, offset }: JournalRecord, changes: LineChanges): void {
  switch (event.type) {
    case 'ProviderRegistered':
      return register(line, event, offset, changes);
    case 'ProviderOrderTaken':
      return countOrder(line, event, offset, changes);
    case 'ProviderFundsRecorded':
      return countFunds(line, event, offset, changes);
    case 'MarketTicked':
      line.watermark = Math.max(line.watermark, event.at);
      for (const { instrument, price } of event.marks) {
        line.marks.set(instrument, decimal(price));
        changes.marks.add(instrument);
      }
      return;
    default:
      return changeProfile(line, event, offset, changes);
  }
}

function register(line: Line, event: ProviderRegistered, offset: number, changes: LineChanges): void {
  if (line.providers.has(event.providerId)) return;
  const startingCapital = decimal(event.startingCapital);
  const window = { base: idleText, returns: returnStats(noReturns) };
  const series = seriesFrom(startingCapital);
  setProvider(line, changes, {
    row: {
      providerId: event.providerId,
      line: line.line,
      displayName: event.displayName,
      startingCapital: text(startingCapital),
      feeModel: event.feeModel,
      profitShareRatio: event.profitShareRatio,
      subscriptionPrice: event.subscriptionPrice,
      visibility: event.visibility,
      level: 0,
      retired: false,
      blocked: false,
      tradedSpot: false,
      tradedFutures: false,
      followers: 0,
      registeredAt: event.occurredAt,
    },
    asOf: Math.max(event.occurredAt, line.watermark),
    logOffset: offset,
    owed: 0,
    funds: zero,
    windows: { '7d': window, '30d': window, '90d': window, all: window },
    sparkline: '[]',
    today: noFigures,
    dayFlows: zero,
    dayJoined: 0,
    dayLeft: 0,
    series,
    seriesFrom: dayOf(event.occurredAt),
    endedSeries: [],
    seriesBoundary: null,
    open: new Map(),
  });
}

/** Figures, lead position, mark, and the order itself. */
function countOrder(line: Line, taken: ProviderOrderTaken, offset: number, changes: LineChanges): void {
  const { order } = taken;
  const provider = line.providers.get(order.providerId);
  if (provider === undefined) throw new Error(`order of ${order.providerId}, which is not registered`);
  line.marks.set(order.instrument, decimal(order.mark));
  changes.marks.add(order.instrument);
  const { contractSize } = line.instruments(order.instrument);
  const position = afterOrder(provider.open.get(order.leadPositionId), taken, contractSize);
  const open = new Map(provider.open);
  if (position !== undefined) {
    changes.positions.set(`${order.providerId}\n${position.leadPositionId}`, positionRow(order.providerId, position));
    if (position.closedAt === null) open.set(position.leadPositionId, position);
    else open.delete(position.leadPositionId);
  }
  const leverage = order.leverage === null ? null : decimal(order.leverage);
  const exposure = exposureAfter(line, open, decimal(taken.equityBefore));
  const ordered = orderFigures(taken.fills, contractSize, leverage, exposure);
  const closed = position === undefined || position.closedAt === null ? noFigures : closedFigures(position);
  const isFutures = marketOf(order, taken.positionAfter) === 'futures';
  const { tradedSpot, tradedFutures } = provider.row;
  const traded = { tradedSpot: tradedSpot || !isFutures, tradedFutures: tradedFutures || isFutures };
  const knownAs = traded.tradedSpot === tradedSpot && traded.tradedFutures === tradedFutures;
  setProvider(line, changes, {
    ...provider,
    row: knownAs ? provider.row : { ...provider.row, ...traded },
    asOf: Math.max(provider.asOf, order.occurredAt, line.watermark),
    logOffset: offset,
    today: merged(provider.today, merged(ordered, closed)),
    owed: provider.owed + taken.owed,
    open,
  });
  addOrderRow(taken, changes);
}

/** Notional of all positions ÷ equity before the order; null where there is no equity to divide by. */
function exposureAfter(line: Line, open: Provider['open'], equityBefore: Decimal): Decimal | null {
  if (equityBefore.lte(zero)) return null;
  const notional = notionalSum(open.values(), (instrument) => ({
    mark: line.marks.get(instrument),
    contractSize: line.instruments(instrument).contractSize,
  }));
  return notional.div(equityBefore);
}

function addOrderRow({ order, fills, owed }: ProviderOrderTaken, changes: LineChanges): void {
  const sum = (values: readonly string[]): string =>
    text(values.reduce((total, value) => total.plus(decimal(value)), zero));
  const { providerId, orderNo, leadPositionId, effect, instrument, side, price, quantity, usage, leverage } = order;
  changes.orders.push({
    ...{ providerId, orderNo, leadPositionId, effect, instrument, side, price, quantity, usage, leverage, owed },
    pnl: sum(fills.map(({ realisedPnl }) => realisedPnl)),
    fees: sum(fills.map(({ fee }) => fee)),
    occurredAt: order.occurredAt,
  });
}

/** Part of the overview rank that rests on the provider alone. */
export const overviewOf = ({ windows, series }: Provider): Decimal => {
  const { roi, sharpe, maxDrawdown } = windows['90d'].returns;
  const ratio = (value: string | null): Decimal | null => (value === null ? null : decimal(value));
  const { days } = series.returns;
  return overviewOwn({ days, roi90d: ratio(roi), sharpe90d: ratio(sharpe), drawdown90d: ratio(maxDrawdown) });
};

const positionRow = (providerId: string, position: LeadPositionFigures): LeadPositionRow => ({
  providerId,
  leadPositionId: position.leadPositionId,
  instrument: position.instrument,
  positionSide: position.positionSide,
  direction: position.direction,
  openedByOrderNo: position.openedByOrderNo,
  quantity: text(position.quantity),
  averageCost: text(position.averageCost),
  largestCost: text(position.largestCost),
  pnl: text(position.pnl),
  fees: text(position.fees),
  openedAt: position.openedAt,
  closedAt: position.closedAt,
});
