// Exact numbers of the naive twins: big.js with 20 decimals half-even, and with 60 where a root or a power needs them.
import Big from 'big.js';

const Exact = Big();
Exact.DP = 20;
Exact.RM = 2;
Exact.NE = -400;
Exact.PE = 400;
const Fine = Big();
Fine.DP = 60;
Fine.RM = 0;
Fine.NE = -400;
Fine.PE = 400;

export type Num = Big;
export const num = (value: Big | string | number): Num => new Exact(value);
export const zero = num(0);
export const one = num(1);
export const dayMs = 86_400_000;
export const said = (value: Num): string => (value.eq(0) ? '0' : value.toFixed());
export const ten = (value: Num | null): string | null => (value === null ? null : said(value.round(10, 2)));
export const sum = (values: readonly Num[]): Num => values.reduce((a, b) => a.plus(b), zero);
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
export const fine = (value: Big | string | number): Num => new Fine(value);
