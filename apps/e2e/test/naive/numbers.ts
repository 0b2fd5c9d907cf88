import Big from 'big.js';

// big.js straight, with the precision the rules name: quotients to 20 decimals, amounts to 8, both half-even.
const Exact = Big();
Exact.DP = 20;
Exact.RM = 2;
Exact.NE = -40;
Exact.PE = 60;

export type Num = Big;
export const num = (text: string | number): Num => new Exact(text);
export const zero = num(0);
export const one = num(1);
export const amount = (value: Num): Num => value.round(8, 2);
export const quotient = (value: Num): Num => value.round(20, 2);
export const said = (value: Num): string => (value.eq(0) ? '0' : value.toFixed());
export const least = (a: Num, b: Num): Num => (a.lte(b) ? a : b);
export const most = (a: Num, b: Num): Num => (a.gte(b) ? a : b);
export const sign = (value: Num): number => (value.eq(0) ? 0 : value.gt(0) ? 1 : -1);
/** Whole lots in a quantity. */
export const whole = (quantity: Num, lot: Num): Num => quantity.div(lot).round(0, 0).times(lot);
