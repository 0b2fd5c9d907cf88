import { decimal, text } from '@slipstream/domain';

/** Longest text of a number, in the file and written out in plain notation. */
const charactersMax = 38;
const significantDigitsMax = 30;
const integerDigitsMax = 20;
/** Smallest price and quantity, so that their product stays in plain notation. */
const smallestStep = decimal('0.000000000000000001');
const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** A number of the file as plain decimal text, or why it is none. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const refused = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

/**
 * A decimal number: plain, or in the scientific notation some exports use for small values (`1E-7`). Its size is bounded
 * before anything is computed with it.
 * @returns exact plain text without trailing zeros, never `-0`
 */
export function parseNumber(column: string, raw: string): Parsed<string> {
  if (raw === '') return refused(`${column} is empty`);
  if (raw.length > charactersMax) {
    return refused(`${column} has ${raw.length} characters, at most ${charactersMax} are allowed`);
  }
  const match = shape.exec(raw);
  const [sign = '', whole = '', fraction = '', exponent = '0'] = match?.slice(1).map((part) => part ?? '') ?? [];
  if (!match || whole + fraction === '') return refused(`${column} '${raw}' isn't a number`);
  const digits = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  if (digits.length > significantDigitsMax) {
    return refused(`${column} has ${digits.length} significant digits, at most ${significantDigitsMax} are allowed`);
  }
  if (digits === '') return { ok: true, value: '0' };
  const shift = exponent === '' ? 0 : Number(exponent);
  const leading = (whole + fraction).search(/[1-9]/);
  const integerDigits = whole.length - leading + shift;
  const decimals = digits.length - integerDigits;
  if (integerDigits > integerDigitsMax || decimals > charactersMax - 3) {
    return refused(`${column} '${raw}' is too large or too small`);
  }
  return { ok: true, value: text(decimal(`${sign === '-' ? '-' : ''}${whole || '0'}.${fraction || '0'}e${shift}`)) };
}

/** A price or a quantity: above zero. */
export function parsePositive(column: string, raw: string): Parsed<string> {
  const number = parseNumber(column, raw);
  if (!number.ok) return number;
  if (number.value === '0') return refused(`${column} is zero`);
  if (number.value.startsWith('-')) return refused(`${column} is negative`);
  if (decimal(number.value).lt(smallestStep)) return refused(`${column} '${raw}' is too small`);
  return number;
}

/** The number with the other sign. */
export function negated(plain: string): string {
  if (plain === '0') return plain;
  return plain.startsWith('-') ? plain.slice(1) : `-${plain}`;
}

const wholeNumber = /^\d{1,16}$/;

/** A whole number ≥ 0 that is exact in JavaScript. */
export function parseWhole(column: string, raw: string): Parsed<number> {
  if (raw === '') return refused(`${column} is empty`);
  const value = Number(raw);
  if (!wholeNumber.test(raw) || !Number.isSafeInteger(value)) return refused(`${column} '${raw}' isn't a whole number`);
  return { ok: true, value };
}
