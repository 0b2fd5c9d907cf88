import type { RecordProviderFills, SourceFill } from '@slipstream/contracts';
import { negated, parseNumber, parsePositive, parseWhole, type Parsed } from './parse-number.js';

/** The columns of the import format, in their order. */
export const columns = [
  'portfolio_id',
  'seq',
  'time_ms',
  'symbol',
  'side',
  'position_side',
  'price',
  'qty',
  'quote_qty',
  'fee',
  'fee_asset',
  'realized_profit',
  'active_buy',
] as const;

/** One well-formed line of the file. */
export interface FileFill {
  /** Of the file, from 1, the header included */
  readonly line: number;
  readonly providerId: string;
  readonly instrument: string;
  readonly side: RecordProviderFills['side'];
  readonly positionSide: RecordProviderFills['positionSide'];
  readonly fill: SourceFill;
}

/** Nothing was traded before, and a file in seconds or microseconds lies outside. */
const earliestMs = Date.UTC(2009, 0, 1);
const latestMs = Date.UTC(2100, 0, 1);
const sides: Readonly<Record<string, FileFill['side']>> = { BUY: 'buy', SELL: 'sell' };
const positionSides: Readonly<Record<string, FileFill['positionSide']>> = { LONG: 'long', SHORT: 'short', BOTH: 'net' };
const takerFlags: readonly string[] = ['TRUE', 'FALSE', ''];

/** A line that isn't a fill. */
export class MalformedLine extends Error {}

/**
 * A row of the file as a fill; the sequence isn't checked here.
 * @throws MalformedLine with the reason
 */
export function parseFill(row: readonly string[], line: number): FileFill {
  if (row.length !== columns.length) {
    throw new MalformedLine(`${row.length} columns, expected ${columns.length}`);
  }
  const [portfolio, seq, time, symbol, side, position, price, qty, quote, fee, feeAsset, profit, active] =
    row as unknown as Row;
  const sequence = take(parseWhole('seq', seq));
  const occurredAt = take(parseWhole('time_ms', time));
  if (occurredAt < earliestMs || occurredAt >= latestMs) {
    throw new MalformedLine(`time_ms ${time} isn't a time in milliseconds between 2009 and 2100`);
  }
  // Only informative, but what isn't a number there says that the line is damaged.
  if (quote !== '') take(parseNumber('quote_qty', quote));
  if (!takerFlags.includes(active.toUpperCase())) throw new MalformedLine(`active_buy '${active}' is unknown`);
  return {
    line,
    providerId: name('portfolio_id', portfolio),
    instrument: name('symbol', symbol),
    side: known('side', sides, side),
    positionSide: known('position_side', positionSides, position),
    fill: {
      sequence,
      tradeId: null,
      price: take(parsePositive('price', price)),
      quantity: take(parsePositive('qty', qty)),
      fee: negated(take(parseNumber('fee', fee))),
      feeAsset: name('fee_asset', feeAsset),
      realisedPnl: profit === '' ? null : take(parseNumber('realized_profit', profit)),
      occurredAt,
    },
  };
}

type Row = { readonly [K in keyof typeof columns]: string } & readonly string[];

function take<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new MalformedLine(parsed.reason);
  return parsed.value;
}

const nameCharactersMax = 64;
const unfit = /[\s\p{C}"]/u;

function name(column: string, value: string): string {
  if (value === '') throw new MalformedLine(`${column} is empty`);
  if (value.length > nameCharactersMax)
    throw new MalformedLine(`${column} is longer than ${nameCharactersMax} characters`);
  if (unfit.test(value)) throw new MalformedLine(`${column} contains a blank, a quote or an invisible character`);
  return value;
}

function known<T>(column: string, table: Readonly<Record<string, T>>, value: string): T {
  const found = Object.hasOwn(table, value.toUpperCase()) ? table[value.toUpperCase()] : undefined;
  if (found === undefined) {
    throw new MalformedLine(`${column} '${value}' is unknown, expected ${Object.keys(table).join(', ')}`);
  }
  return found;
}
