import fc from 'fast-check';
import type { AnyRecord, SourceFill } from '@slipstream/contracts';
import {
  decimal,
  defaultCopySettings,
  defaultPolicy,
  instrumentTable,
  ProviderLine,
  text,
  type LineRecord,
} from '@slipstream/domain';

/** Two instruments: one finely cut with a minimum, one in whole contracts of a tenth. */
export const instruments = instrumentTable({
  X: { lot: '0.001', minimumNotional: '5' },
  Y: { lot: '1', tick: '0.01', contractSize: '0.1' },
});
export const policy = { ...defaultPolicy, levels: null };

/** What the provider does, in its own words. */
export interface Move {
  readonly instrument: 'X' | 'Y';
  readonly side: 'buy' | 'sell';
  readonly positionSide: 'long' | 'short' | 'net';
  readonly quantity: number;
  /** Of the price before, in thousandths. */
  readonly moves: number;
  readonly seconds: number;
  /** The fill beside the mark, in thousandths. */
  readonly beside: number;
  readonly marksOnly: boolean;
  /** Fills of the order, and what each says of itself. */
  readonly parts: number;
  readonly fee: string;
  readonly realisedPnl: string | null;
  readonly leverage: string | null;
}

/** What one move adds to a provider's inbox. */
export type MoveRecord = Of<'MarkPrices'> | Of<'RecordProviderFills'>;
type Of<T extends AnyRecord['type']> = AnyRecord & { readonly type: T };

const dayMs = 86_400_000;
/** Half a minute before a Monday 00:00 UTC, so that periods change early in a history. */
export const startOfHistories = 4 * dayMs - 30_000;

/** A provider that makes moves; the market is the same for all that share `prices`. */
export class Mover {
  private at = startOfHistories;
  private sequence = 0;

  constructor(
    private readonly providerId: string,
    private readonly prices: Record<Move['instrument'], ReturnType<typeof decimal>>,
  ) {}

  /** Market time of the last move. */
  get now(): number {
    return this.at;
  }
  /** A number for whatever else shares the sequence of the fills. */
  nextSequence(): number {
    return (this.sequence += 1);
  }

  /** The mark of the move's instrument, at a passed midnight too, then the provider's fills where it trades. */
  take(move: Move): MoveRecord[] {
    const { instrument, side, positionSide, marksOnly } = move;
    const midnight = this.at - (this.at % dayMs) + dayMs;
    this.at += move.seconds * 1000;
    this.prices[instrument] = scaled(this.prices[instrument], move.moves).round(4);
    const marks = [{ instrument, price: text(this.prices[instrument]) }];
    const mark = (at: number, boundary: boolean): MoveRecord => ({
      type: 'MarkPrices',
      at,
      boundary,
      line: null,
      marks,
    });
    const told = this.at >= midnight ? [mark(midnight, true)] : [];
    if (this.at !== midnight) told.push(mark(this.at, false));
    if (marksOnly) return told;
    const ids = { providerId: this.providerId, venueOrderId: null, clientOrderId: null };
    const order = { instrument, side, positionSide, leverage: move.leverage, marginMode: null };
    return [...told, { type: 'RecordProviderFills', ...ids, ...order, fills: this.fillsOf(move) }];
  }

  private fillsOf({ instrument, quantity, beside, parts, fee, realisedPnl }: Move): SourceFill[] {
    return Array.from({ length: parts }, (_, index) => ({
      sequence: this.nextSequence(),
      tradeId: null,
      price: text(scaled(this.prices[instrument], beside + index)),
      quantity: String(quantity),
      fee,
      feeAsset: 'USDT',
      realisedPnl,
      occurredAt: this.at,
    }));
  }
}

const scaled = (price: ReturnType<typeof decimal>, thousandths: number) =>
  price.times(decimal(String(1000 + thousandths))).times(decimal('0.001'));

/** Prices at the start. */
export const startingPrices = () => ({ X: decimal('100'), Y: decimal('20') });

/** The moves made into a line by the platform's own rules. */
export function lineOf(history: readonly Move[]): LineRecord[] {
  const mover = new Mover('p', startingPrices());
  const line = new ProviderLine('p', '10000', instruments);
  return history.flatMap((move) => mover.take(move).flatMap((record) => line.take(record)));
}

export const oneMove = fc.record<Move>({
  instrument: fc.constantFrom('X', 'Y'),
  side: fc.constantFrom('buy', 'sell'),
  positionSide: fc.constantFrom('net', 'long', 'short'),
  quantity: fc.integer({ min: 1, max: 60 }),
  moves: fc.integer({ min: -120, max: 120 }),
  seconds: fc.oneof(
    { weight: 15, arbitrary: fc.integer({ min: 0, max: 90 }) },
    { weight: 1, arbitrary: fc.constant(21_600) },
  ),
  beside: fc.constantFrom(0, 0, 0, 1, -1, 30, -30),
  marksOnly: fc.boolean(),
  parts: fc.constantFrom(1, 1, 1, 2, 3),
  fee: fc.constantFrom('0', '0.31', '-0.07'),
  realisedPnl: fc.constantFrom(null, null, null, '1.7', '-2.3'),
  leverage: fc.constantFrom(null, null, '4', '75'),
});
export const moves = fc.array(oneMove, { minLength: 1, maxLength: 25 });
const optional = <T extends string>(...values: T[]) => fc.constantFrom<T | null>(null, null, ...values);
export const settings = fc
  .record({
    mode: fc.constantFrom('fixed_amount', 'proportional', 'multiplier', 'ratio_copy'),
    multiplier: fc.constantFrom('0.5', '3'),
    copyAmt: fc.constantFrom('40', '300'),
    copyRatio: fc.constantFrom('0.05', '0.7'),
    leverageMode: fc.constantFrom('follow', 'own'),
    leverage: fc.constantFrom('3', '20'),
    marginMode: optional('cross', 'isolated'),
    maxLoss: optional('0.1', '0.3'),
    slTotalAmt: optional('30', '200'),
    tpRatio: optional('0.05', '0.2'),
    slRatio: optional('0.05', '0.2'),
    maxOpenTrades: fc.constantFrom(null, 1),
    maxPerTrade: optional('0.2'),
    maxHoldSize: optional('150'),
    overLimit: fc.constantFrom('shrink', 'skip'),
    allowPartial: fc.boolean(),
    stopCopyOnClose: fc.boolean(),
    subPosCloseType: fc.constantFrom('market_close', 'copy_close', 'manual_close'),
    copyOpenPositions: fc.boolean(),
    instIds: fc.constantFrom<string[]>([], [], [], ['X']),
  })
  .map((own) => {
    const copyInstIdType = own.instIds.length > 0 ? 'custom' : 'copy';
    return { ...defaultCopySettings, ...own, copyInstIdType } as const;
  });
