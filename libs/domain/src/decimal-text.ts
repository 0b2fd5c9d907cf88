import BigJs from 'big.js';

/** Decimals of a quotient. */
export const quotientDecimals = 20;

// big.js says what a decimal is: which texts are numbers, the errors, the notation of extremes. Private and strict (no
// numbers), 20 decimals half-even, never exponent notation for anything money-like.
const Big = BigJs();
Big.DP = quotientDecimals;
Big.RM = BigJs.roundHalfEven;
Big.NE = -40;
Big.PE = 60;
Big.strict = true;

const powers = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));
export const powerOf10 = (exponent: number): bigint => powers[exponent] ?? 10n ** BigInt(exponent);
const halves = powers.map((power) => power / 2n);
/** Half of it; for exponents from 1. */
export const halfOfPower = (exponent: number): bigint => halves[exponent] ?? powerOf10(exponent) / 2n;

/** So many digits are exact in a JavaScript number. */
const shortLength = 15;
const minus = 45;
const point = 46;

/** Decimals of a short plain text, −1 when it is neither: most are, and need no regular expression. */
export function shortDecimals(text: string): number {
  if (typeof text !== 'string') return -1;
  const start = text.charCodeAt(0) === minus ? 1 : 0;
  const { length } = text;
  if (length === start || length - start > shortLength) return -1;
  let pointAt = -1;
  for (let at = start; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) continue;
    if (code !== point || pointAt >= 0 || at === start || at === length - 1) return -1;
    pointAt = at;
  }
  return pointAt < 0 ? 0 : length - 1 - pointAt;
}

/** Digits of a short plain text, its point left out. */
export function shortDigits(text: string): number {
  const start = text.charCodeAt(0) === minus ? 1 : 0;
  let digits = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== point) digits = digits * 10 + code - 48;
  }
  return start === 1 ? -digits : digits;
}

const plain = /^-?\d+(\.\d+)?$/;

/**
 * Digits and decimals of any number.
 * @throws Error of big.js when it is none
 */
export function anyDigits(text: string): { readonly digits: bigint; readonly decimals: number } {
  if (typeof text === 'string' && plain.test(text)) {
    const pointAt = text.indexOf('.');
    if (pointAt < 0) return { digits: BigInt(text), decimals: 0 };
    return { digits: BigInt(text.replace('.', '')), decimals: text.length - 1 - pointAt };
  }
  const { c, e, s } = new Big(text);
  const digits = BigInt(c.join('')) * BigInt(s);
  const decimals = c.length - 1 - e;
  return decimals < 0 ? { digits: digits * powerOf10(-decimals), decimals: 0 } : { digits, decimals };
}

/** Plain notation without zeros at the end; beyond 40 decimals or 60 digits the exponent notation of big.js. */
export function format(digits: bigint, decimals: number): string {
  if (digits === 0n) return '0';
  const whole = String(digits < 0n ? -digits : digits);
  let text = whole;
  if (decimals > 0) {
    const padded = whole.length > decimals ? whole : whole.padStart(decimals + 1, '0');
    const pointAt = padded.length - decimals;
    let end = padded.length;
    while (end > pointAt && padded.charCodeAt(end - 1) === 48) end -= 1;
    text = end === pointAt ? padded.slice(0, pointAt) : `${padded.slice(0, pointAt)}.${padded.slice(pointAt, end)}`;
  }
  const signed = digits < 0n ? `-${text}` : text;
  return whole.length - decimals > 60 || decimals > 39 ? new Big(signed).toString() : signed;
}
