import { powerOf10, quotientDecimals } from './decimal-text.js';
import { ExactDecimal } from './exact-decimal.js';

/** An exact decimal. Made only here, so that precision and notation are the same everywhere. */
export type Decimal = ExactDecimal;

/** Decimals of an amount in the ledger. */
export const amountDecimals = 8;
export { powerOf10, quotientDecimals };

/**
 * An exact decimal from its text.
 * @throws Error when the text isn't a plain decimal number
 */
export const decimal = (text: string): Decimal => ExactDecimal.parse(text);
export const zero: Decimal = decimal('0');
export const one: Decimal = decimal('1');

/** Text as it goes on every wire: plain notation, no trailing zeros, no negative zero. */
export const text = (value: Decimal): string => value.toString();

/** Rounded half-even to the decimals of an amount. */
export const roundAmount = (value: Decimal): Decimal => value.round(amountDecimals);

/** Rounded half-even to that many decimals. */
export const roundTo = (value: Decimal, decimals: number): Decimal => value.round(decimals);

/** Largest multiple of the step not above the value; for a value ≥ 0 and a step > 0. */
export const cutToStep = (value: Decimal, step: Decimal): Decimal => value.div(step).round(0, 'down').times(step);
export const min = (a: Decimal, b: Decimal): Decimal => (a.lte(b) ? a : b);
export const max = (a: Decimal, b: Decimal): Decimal => (a.gte(b) ? a : b);

/** True for 0. */
export const isZero = (value: Decimal): boolean => value.digits === 0n;

/** Rounded half-even to the decimals of a quotient, so that products of quotients don't grow without end. */
export const roundQuotient = (value: Decimal): Decimal => value.round(quotientDecimals);

/** Decimals it is written with; a rounding to as many leaves it as it is. */
export const decimalsOf = (value: Decimal): number => value.stripped().decimals;

/** Rounded down to a number of decimals. */
export const cutToDecimals = (value: Decimal, decimals: number): Decimal => value.round(decimals, 'down');

/** Nearest multiple of the step, half-even. */
export const roundToStep = (value: Decimal, step: Decimal): Decimal => value.div(step).round(0).times(step);
