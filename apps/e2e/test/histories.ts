import fc from 'fast-check';
import type { SourceFill } from '@slipstream/contracts';
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

/** What the provider does, in its own words: made into a line by the platform's own rules. */
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
}

/** A provider that makes moves, by the platform's own rules; the market is the same for all that share `prices`. */
export class Mover {
  private readonly line: ProviderLine;
  private at = 86_400_000 * 3 - 30_000;
  private sequence = 0;

  constructor(
    providerId: string,
    private readonly prices: Record<Move['instrument'], ReturnType<typeof decimal>>,
  ) {
    this.line = new ProviderLine(providerId, '10000', instruments);
  }

  /** The mark of the move's instrument, then the provider's order or two where it trades. */
  take({
    instrument,
    side,
    positionSide,
    quantity,
    moves: thousandths,
    seconds,
    beside,
    marksOnly,
  }: Move): LineRecord[] {
    this.at += seconds * 1000;
    const { at } = this;
    const scaled = (price: ReturnType<typeof decimal>, by: number) =>
      price.times(decimal(String(1000 + by))).times(decimal('0.001'));
    this.prices[instrument] = scaled(this.prices[instrument], thousandths).round(4);
    const price = this.prices[instrument];
    const boundary = at % 86_400_000 === 0;
    const marks = [{ instrument, price: text(price) }];
    const told = [...this.line.take({ type: 'MarkPrices', at, boundary, line: null, marks })];
    if (marksOnly) return told;
    const fill: SourceFill = {
      sequence: (this.sequence += 1),
      tradeId: null,
      price: text(scaled(price, beside)),
      quantity: String(quantity),
      fee: '0',
      feeAsset: 'USDT',
      realisedPnl: null,
      occurredAt: at,
    };
    const order = { instrument, side, positionSide, leverage: null, marginMode: null, fills: [fill] };
    const ids = { providerId: this.line.providerId, venueOrderId: null, clientOrderId: null };
    return [...told, ...this.line.take({ type: 'RecordProviderFills', ...ids, ...order })];
  }
}

/** Prices at the start. */
export const startingPrices = () => ({ X: decimal('100'), Y: decimal('20') });

export function lineOf(history: readonly Move[]): LineRecord[] {
  const mover = new Mover('p', startingPrices());
  return history.flatMap((move) => mover.take(move));
}

export const oneMove = fc.record<Move>({
  instrument: fc.constantFrom('X', 'Y'),
  side: fc.constantFrom('buy', 'sell'),
  positionSide: fc.constantFrom('net', 'long', 'short'),
  quantity: fc.integer({ min: 1, max: 60 }),
  moves: fc.integer({ min: -120, max: 120 }),
  seconds: fc.integer({ min: 0, max: 90 }),
  beside: fc.constantFrom(0, 0, 0, 1, -1, 30, -30),
  marksOnly: fc.boolean(),
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
  })
  .map((own) => ({ ...defaultCopySettings, ...own }));
