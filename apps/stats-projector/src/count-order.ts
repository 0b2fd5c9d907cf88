import type { MarketTicked, ProviderOrderTaken, ProviderRegistered } from '@slipstream/contracts';
import {
  addOrder,
  afterDay,
  afterOrder,
  decimal,
  equity,
  isWon,
  noTotals,
  seriesFrom,
  text,
  unrealisedSum,
  type LeadPositionFigures,
} from '@slipstream/domain';
import type { JournalRecord } from '@slipstream/streams';
import type { LeadPositionRow } from '@slipstream/read-model';
import type { Line, LineChanges, Provider } from './line.js';

const dayMs = 86_400_000;

/** Takes one record of providers.events into the line's statistics. */
export function countProviderEvent(line: Line, { event, offset }: JournalRecord, changes: LineChanges): void {
  switch (event.type) {
    case 'ProviderRegistered':
      return register(line, event, offset, changes);
    case 'ProviderOrderTaken':
      return countOrder(line, event, offset, changes);
    case 'MarketTicked':
      return tick(line, event, offset, changes);
    default:
  }
}

function register(line: Line, event: ProviderRegistered, offset: number, changes: LineChanges): void {
  if (line.providers.has(event.providerId)) return;
  const startingCapital = decimal(event.startingCapital);
  line.providers.set(event.providerId, {
    row: {
      providerId: event.providerId,
      line: line.line,
      displayName: event.displayName,
      startingCapital: text(startingCapital),
      profitShareRatio: event.profitShareRatio,
      registeredAt: event.occurredAt,
    },
    asOf: Math.max(event.occurredAt, line.watermark),
    logOffset: offset,
    totals: noTotals,
    owed: 0,
    closedPositions: 0,
    wonPositions: 0,
    series: seriesFrom(startingCapital),
    seriesBoundary: null,
    open: new Map(),
  });
  changes.providers.add(event.providerId);
}

/** Totals, lead position, mark: one provider order. */
function countOrder(line: Line, taken: ProviderOrderTaken, offset: number, changes: LineChanges): void {
  const { order } = taken;
  const provider = line.providers.get(order.providerId);
  if (provider === undefined) throw new Error(`order of ${order.providerId}, which is not registered`);
  line.marks.set(order.instrument, decimal(order.mark));
  changes.marks.add(order.instrument);
  const position = afterOrder(provider.open.get(order.leadPositionId), taken);
  const open = new Map(provider.open);
  let { closedPositions, wonPositions } = provider;
  if (position !== undefined) {
    changes.positions.set(`${order.providerId}\n${position.leadPositionId}`, positionRow(order.providerId, position));
    if (position.closedAt === null) open.set(position.leadPositionId, position);
    else {
      open.delete(position.leadPositionId);
      closedPositions += 1;
      if (isWon(position)) wonPositions += 1;
    }
  }
  line.providers.set(order.providerId, {
    ...provider,
    asOf: Math.max(provider.asOf, order.occurredAt, line.watermark),
    logOffset: offset,
    totals: addOrder(provider.totals, taken.fills),
    owed: provider.owed + taken.owed,
    closedPositions,
    wonPositions,
    open,
  });
  changes.providers.add(order.providerId);
}

/** Takes the marks; a boundary closes the day of every provider of the line. */
function tick(line: Line, event: MarketTicked, offset: number, changes: LineChanges): void {
  line.watermark = Math.max(line.watermark, event.at);
  for (const { instrument, price } of event.marks) {
    line.marks.set(instrument, decimal(price));
    changes.marks.add(instrument);
  }
  if (!event.boundary) return;
  for (const provider of line.providers.values()) closeDay(line, provider, event.at, offset, changes);
}

function closeDay(line: Line, provider: Provider, at: number, offset: number, changes: LineChanges): void {
  const { row, seriesBoundary } = provider;
  if (at <= row.registeredAt || (seriesBoundary !== null && at <= seriesBoundary)) return;
  let { series } = provider;
  const addDay = (boundary: number, dayEndEquity = series.dayStartEquity): void => {
    if (series.ended) return;
    series = afterDay(series, dayEndEquity);
    const day = new Date(boundary - dayMs).toISOString().slice(0, 10);
    changes.days.set(`${row.providerId}\n${day}`, {
      providerId: row.providerId,
      day,
      equity: text(dayEndEquity),
      return: text(series.lastReturn),
      growth: text(series.growth),
    });
  };
  // Midnights the market clock didn't see (the platform was down) are days without change.
  if (seriesBoundary !== null) for (let missed = seriesBoundary + dayMs; missed < at; missed += dayMs) addDay(missed);
  addDay(at, dayEndEquityOf(line, provider));
  line.providers.set(row.providerId, {
    ...provider,
    asOf: Math.max(provider.asOf, at),
    logOffset: offset,
    series,
    seriesBoundary: at,
  });
  changes.providers.add(row.providerId);
}

function dayEndEquityOf(line: Line, { row, totals, open }: Provider) {
  const value = unrealisedSum(open.values(), (instrument) => {
    const mark = line.marks.get(instrument);
    return mark && { mark, contractSize: line.instruments(instrument).contractSize };
  });
  return equity(decimal(row.startingCapital), totals, value);
}

const positionRow = (providerId: string, position: LeadPositionFigures): LeadPositionRow => ({
  providerId,
  leadPositionId: position.leadPositionId,
  instrument: position.instrument,
  positionSide: position.positionSide,
  openedByOrderNo: position.openedByOrderNo,
  quantity: text(position.quantity),
  averageCost: text(position.averageCost),
  largestCost: text(position.largestCost),
  pnl: text(position.pnl),
  fees: text(position.fees),
  openedAt: position.openedAt,
  closedAt: position.closedAt,
});
