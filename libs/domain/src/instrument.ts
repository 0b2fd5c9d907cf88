import { cutToDecimals, cutToStep, decimal, decimalsOf, one, zero, type Decimal } from './money.js';

/** What a venue says of an instrument. */
export interface Instrument {
  /** Quantities are multiples of it. */
  readonly lot: Decimal;
  /** Prices are multiples of it. */
  readonly tick: Decimal;
  readonly minimumQuantity: Decimal;
  readonly minimumNotional: Decimal;
  /** Units of the asset in a quantity of 1. */
  readonly contractSize: Decimal;
  /** Decimals of the lot where it is a power of ten (a cut is then a rounding, not a division), else null. */
  readonly lotDecimals: number | null;
  /** A thousandth of a lot: far above the rounding of a quotient, far below a lot. */
  readonly roundingMargin: Decimal;
}

/** An instrument as configuration gives it; what is missing has its default. */
export interface InstrumentText {
  readonly lot?: string | undefined;
  readonly tick?: string | undefined;
  readonly minimumQuantity?: string | undefined;
  readonly minimumNotional?: string | undefined;
  readonly contractSize?: string | undefined;
}

export type Instruments = (id: string) => Instrument;

/** Lot 10⁻⁶, tick 10⁻⁸, no minimum, contract size 1: an instrument without metadata. */
export const defaultInstrument = instrumentFrom({});

/** @throws Error when a value isn't a decimal number, or a step isn't above zero */
export function instrumentFrom(texts: InstrumentText): Instrument {
  const lot = decimal(texts.lot ?? '0.000001');
  const tick = decimal(texts.tick ?? '0.00000001');
  if (lot.lte(zero) || tick.lte(zero)) throw new Error('lot and tick must be above zero');
  return {
    lot,
    tick,
    minimumQuantity: decimal(texts.minimumQuantity ?? '0'),
    minimumNotional: decimal(texts.minimumNotional ?? '0'),
    contractSize: texts.contractSize === undefined ? one : decimal(texts.contractSize),
    lotDecimals: lot.stripped().digits === 1n ? decimalsOf(lot) : null,
    roundingMargin: lot.times(decimal('0.001')),
  };
}

/** A lookup over a table of configuration; anything not in it is the default instrument. */
export function instrumentTable(table: Readonly<Record<string, InstrumentText>> = {}): Instruments {
  const known = new Map(Object.entries(table).map(([id, texts]) => [id, instrumentFrom(texts)]));
  return (id) => known.get(id) ?? defaultInstrument;
}

/** Largest multiple of the lot not above the quantity (≥ 0). */
export const cutToLot = (quantity: Decimal, instrument: Instrument): Decimal =>
  instrument.lotDecimals === null
    ? cutToStep(quantity, instrument.lot)
    : cutToDecimals(quantity, instrument.lotDecimals);

/**
 * A table from JSON text, `{"BTCUSDT": {"lot": "0.001", …}}`, as every service that sizes or prices reads it.
 * @throws Error saying which instrument is wrong
 */
export function parseInstruments(json: string): Instruments {
  const table = JSON.parse(json) as Record<string, InstrumentText>;
  for (const [id, texts] of Object.entries(table)) {
    try {
      instrumentFrom(texts);
    } catch (error) {
      throw new Error(`instrument ${id}: ${(error as Error).message}`, { cause: error });
    }
  }
  return instrumentTable(table);
}
