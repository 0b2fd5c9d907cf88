import { decimal, powerOf10, type Decimal } from '../money.js';

/** √(dividend ÷ divisor) of numbers above zero, cut to 40 decimals: the quotient isn't rounded before. */
export function rootOfQuotient(dividend: Decimal, divisor: Decimal): Decimal {
  const decimals = 40;
  const shift = 2 * decimals + divisor.decimals - dividend.decimals;
  const [above, below] = shift >= 0 ? [powerOf10(shift), 1n] : [1n, powerOf10(-shift)];
  return fixed(integerRoot((dividend.digits * above) / (divisor.digits * below)), decimals);
}

/** Largest integer whose square isn't above the value (Newton, from above). */
function integerRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * base^(numerator ÷ denominator) to 40 decimals, for a base ≥ 0 and an exponent > 0, by logarithm and exponential in
 * fixed point with as many digits as the result needs.
 */
export function power(base: Decimal, numerator: number, denominator: number): Decimal {
  if (base.digits === 0n) return base;
  const wholeDigits = Math.max(1, base.round(0, 'down').toString().length);
  const precision = 70 + Math.ceil((numerator / denominator) * wholeDigits);
  const scale = powerOf10(precision);
  const x = (base.digits * scale) / powerOf10(base.decimals);
  const exponent = (logarithm(x, scale) * BigInt(numerator)) / BigInt(denominator);
  return fixed(exponential(exponent, scale), precision).round(40);
}

const fixed = (digits: bigint, decimals: number): Decimal => {
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, '0');
  const whole = all.slice(0, all.length - decimals);
  return decimal(decimals === 0 ? sign + whole : `${sign}${whole}.${all.slice(all.length - decimals)}`).stripped();
};

/** ln x by ln x = k ln 2 + 2 artanh((m − 1) ÷ (m + 1)), x = m × 2^k, m near 1. */
function logarithm(x: bigint, scale: bigint): bigint {
  let k = 0;
  let m = x;
  const upper = (scale * 14142135n) / 10000000n;
  const lower = (scale * 7071067n) / 10000000n;
  while (m > upper) {
    m >>= 1n;
    k += 1;
  }
  while (m < lower) {
    m <<= 1n;
    k -= 1;
  }
  // Halving dropped bits of x: take them from x itself.
  const exact = k > 0 ? x / (1n << BigInt(k)) : x << BigInt(-k);
  return artanhTwice(((exact - scale) * scale) / (exact + scale), scale) + BigInt(k) * logarithmOf2(scale);
}

/** ln 2 = 2 artanh(1 ÷ 3). */
const logarithmOf2 = (scale: bigint): bigint => artanhTwice(scale / 3n, scale);

function artanhTwice(y: bigint, scale: bigint): bigint {
  const square = (y * y) / scale;
  let term = y;
  let sum = 0n;
  for (let n = 1n; term !== 0n; n += 2n) {
    sum += term / n;
    term = (term * square) / scale;
  }
  return 2n * sum;
}

/** e^x by e^x = (e^(x ÷ 2^k))^(2^k) and the power series. */
function exponential(x: bigint, scale: bigint): bigint {
  let halvings = 0;
  for (let rest = x < 0n ? -x : x; rest > scale / 8n; rest >>= 1n) halvings += 1;
  // Each squaring doubles the relative error: so many digits more.
  const more = powerOf10(halvings + 5);
  const fine = scale * more;
  const small = (x * more) / (1n << BigInt(halvings));
  let sum = fine;
  let term = fine;
  for (let n = 1n; term !== 0n; n += 1n) {
    term = (term * small) / fine / n;
    sum += term;
  }
  for (let i = 0; i < halvings; i += 1) sum = (sum * sum) / fine;
  return sum / more;
}
