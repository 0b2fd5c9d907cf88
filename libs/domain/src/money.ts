import BigJs from 'big.js';

/** An exact decimal. Made only here, so that precision and notation are the same everywhere. */
export type Decimal = BigJs;

/** Decimals of an amount in the ledger. */
export const amountDecimals = 8;
/** Decimals of a quotient. */
export const quotientDecimals = 20;

// A private constructor: strict (no numbers), 20 decimals half-even, never exponent notation for anything money-like.
const Big = BigJs();
Big.DP = quotientDecimals;
Big.RM = BigJs.roundHalfEven;
Big.NE = -40;
Big.PE = 60;
Big.strict = true;

/**
 * An exact decimal from its text.
 * @throws Error when the text isn't a plain decimal number
 */
export const decimal = (text: string): Decimal => new Big(text);
export const zero: Decimal = Big('0');
export const one: Decimal = Big('1');

/** Text as it goes on every wire: plain notation, no trailing zeros, no negative zero. */
export const text = (value: Decimal): string => (value.eq(zero) ? '0' : value.toString());

/** Rounded half-even to the decimals of an amount. */
export const roundAmount = (value: Decimal): Decimal => value.round(amountDecimals, BigJs.roundHalfEven);

/** Largest multiple of the step not above the value; for a value ≥ 0 and a step > 0. */
export const cutToStep = (value: Decimal, step: Decimal): Decimal =>
  value.div(step).round(0, BigJs.roundDown).times(step);
export const min = (a: Decimal, b: Decimal): Decimal => (a.lte(b) ? a : b);
export const max = (a: Decimal, b: Decimal): Decimal => (a.gte(b) ? a : b);
