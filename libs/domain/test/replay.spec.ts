import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppliedFill, SourceFill } from '@slipstream/contracts';
import { providerFrom, withOrder, type Provider } from '../src/order/provider.js';
import { parseFill, type ParsedFill } from '../src/order/parse-fill.js';
import { takeOrders, type TakenOrder } from '../src/order/take-order.js';
import { instrumentTable } from '../src/instrument.js';
import { decimal, text, zero, type Decimal } from '../src/money.js';

const folder = process.env['SLIPSTREAM_DATA'] ?? join(process.cwd(), '../shared/data');
const there = existsSync(join(folder, 'leader-fills.csv'));
const whenThere = there ? test : test.skip;
if (!there) process.stdout.write(`skipped: no leader-fills.csv in ${folder}\n`);

interface Line {
  readonly provider: string;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly positionSide: 'long' | 'short' | 'net';
  readonly leverage: null;
  readonly marginMode: null;
  readonly fill: SourceFill;
}

const sides = { long: 'LONG', short: 'SHORT', net: 'BOTH' } as const;
const positionSides = { LONG: 'long', SHORT: 'short', BOTH: 'net' } as const;

function lineOf(row: string): Line {
  const [provider, seq, time, symbol, side, positionSide, price, qty, , fee, feeAsset, realised] = row.split(',');
  return {
    provider: provider as string,
    instrument: symbol as string,
    side: side === 'BUY' ? 'buy' : 'sell',
    positionSide: positionSides[positionSide as keyof typeof positionSides],
    leverage: null,
    marginMode: null,
    fill: {
      sequence: Number(seq),
      tradeId: null,
      price: price as string,
      quantity: qty as string,
      fee: text(decimal(fee as string).neg()),
      feeAsset: feeAsset as string,
      realisedPnl: realised === '' ? null : (realised as string),
      occurredAt: Number(time),
    },
  };
}

/** Consecutive fills of a provider with the same instrument, side and position side, at most 1,000 ms after the first. */
function coalesced(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = [];
  for (const line of lines) {
    const first = groups.at(-1)?.[0];
    const same =
      first?.instrument === line.instrument &&
      first.side === line.side &&
      first.positionSide === line.positionSide &&
      line.fill.occurredAt - first.fill.occurredAt <= 1000;
    if (same) (groups.at(-1) as Line[]).push(line);
    else groups.push([line]);
  }
  return groups;
}

interface Totals {
  gross: Decimal;
  fees: Decimal;
  closed: number;
  won: number;
  beyondKnown: number;
  flagged: number;
}

/** Closed lead positions net of fees: PnL of reducing fills − fees of all fills, by what the orders say. */
function addTo(totals: Totals, open: Map<string, Decimal>, taken: TakenOrder): void {
  const { order } = taken;
  const reduces = order.effect === 'reduce' || order.effect === 'close';
  let net = open.get(order.leadPositionId) ?? zero;
  for (const fill of taken.fills) {
    totals.gross = totals.gross.plus(fill.realisedPnl);
    totals.fees = totals.fees.plus(fill.fee);
    if (fill.excess !== '0') totals.beyondKnown += 1;
    if (fill.pnlDiffers) totals.flagged += 1;
    net = net.plus(reduces ? fill.realisedPnl : '0').minus(counted(fill));
  }
  open.set(order.leadPositionId, net);
  if (order.effect !== 'close' || !order.knownPosition) return;
  totals.closed += 1;
  if (net.gt(zero)) totals.won += 1;
}

/** A fill wholly beyond the known position belongs to no lead position. */
const counted = (fill: AppliedFill): string => (fill.excess === fill.quantity ? '0' : fill.fee);

function replay(lines: readonly Line[]): { totals: Totals; provider: Provider; orders: TakenOrder[] } {
  const totals: Totals = { gross: zero, fees: zero, closed: 0, won: 0, beyondKnown: 0, flagged: 0 };
  const open = new Map<string, Decimal>();
  const orders: TakenOrder[] = [];
  const marks = new Map<string, Decimal>();
  const market = { mark: (id: string) => marks.get(id), instruments: instrumentTable() };
  const providerId = lines[0]?.provider as string;
  let provider = providerFrom({ providerId, startingCapital: '10000' });
  for (const group of coalesced(lines)) {
    const fills = group.map((line) => parseFill(line.fill) as ParsedFill);
    marks.set((group[0] as Line).instrument, (fills.at(-1) as ParsedFill).price);
    for (const taken of takeOrders(provider, group[0] as Line, fills, market)) {
      addTo(totals, open, taken);
      provider = withOrder(provider, taken);
      orders.push(taken);
    }
  }
  return { totals, provider, orders };
}

whenThere('real fills of four lead traders give the totals that were computed independently', () => {
  const rows = readFileSync(join(folder, 'leader-fills.csv'), 'utf8').trim().split('\n').slice(1);
  const expected = JSON.parse(readFileSync(join(folder, 'leader-fills.expected.json'), 'utf8')) as Record<
    string,
    Record<string, unknown>
  >;
  const byProvider = Map.groupBy(rows.map(lineOf), (line) => line.provider);
  expect([...byProvider.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [providerId, lines] of byProvider) {
    const { totals, provider, orders } = replay(lines);
    const wanted = expected[providerId] as Record<string, unknown>;
    const positions = Object.entries(provider.positions).map(([key, position]) => {
      const side = sides[key.split('/')[1] as keyof typeof sides];
      return [`${position.instrument}/${side}`, text(side === 'SHORT' ? position.quantity.neg() : position.quantity)];
    });
    expect({
      fills: lines.length,
      gross: text(totals.gross),
      fees: text(totals.fees),
      closed: totals.closed,
      won: totals.won,
      beyond: totals.beyondKnown,
      open: Object.fromEntries(positions) as Record<string, string>,
    }).toEqual({
      fills: wanted['fills'],
      gross: text(decimal(wanted['gross_realized_pnl'] as string)),
      fees: text(decimal(wanted['fees_paid'] as string)),
      closed: wanted['closed_positions'],
      won: wanted['win_positions_net_of_fee'],
      beyond: wanted['closing_fills_beyond_known_position'],
      open: wanted['open_at_end'],
    });
    expect(orders.map(({ order }) => order.orderNo)).toEqual(orders.map((_, index) => index + 1));
  }
});
