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

/** Bits behind the point, besides those that a large result needs: 40 decimals and a reserve for what rounding takes. */
const fractionBits = 176;
const resultDecimals = 40;

/**
 * base^(numerator ÷ denominator) to 40 decimals, for a base ≥ 0 and an exponent > 0: exponential of the logarithm in binary fixed
 * point.
 */
export function power(base: Decimal, numerator: number, denominator: number): Decimal {
  if (base.digits === 0n) return base;
  const estimate = Math.log(Number(base.toString()));
  const bits = fractionBits + Math.ceil(Math.max(0, (estimate * numerator) / denominator / Math.LN2));
  const x = (base.digits << BigInt(bits)) / powerOf10(base.decimals);
  const exponent = (logarithm(x, estimate, bits) * BigInt(numerator)) / BigInt(denominator);
  return fixed((exponential(exponent, bits) * powerOf10(resultDecimals)) >> BigInt(bits), resultDecimals);
}

const fixed = (digits: bigint, decimals: number): Decimal => {
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, '0');
  const whole = all.slice(0, all.length - decimals);
  return decimal(decimals === 0 ? sign + whole : `${sign}${whole}.${all.slice(all.length - decimals)}`).stripped();
};

/** Bits of a double that an estimate may be off by and still be a good one. */
const estimateBits = 48;

/** ln x = y + ln(x × e^−y), y a floating-point estimate: what is left is near 1 and needs few terms. */
function logarithm(x: bigint, estimate: number, bits: number): bigint {
  const y = BigInt(Math.round(estimate * 2 ** estimateBits)) << BigInt(bits - estimateBits);
  const shift = BigInt(bits);
  const rest = ((x * exponential(-y, bits)) >> shift) - (1n << shift);
  let sum = 0n;
  let term = rest;
  for (let n = 1n; term !== 0n && term !== -1n; n += 1n) {
    sum += n % 2n === 1n ? term / n : -term / n;
    term = (term * rest) >> shift;
  }
  return y + sum;
}

/** The power series is short below 2^−10. */
const smallBits = 10;

/** e^x by e^x = (e^(x ÷ 2^k))^(2^k) and the power series. */
function exponential(x: bigint, bits: number): bigint {
  const magnitude = (x < 0n ? -x : x) >> BigInt(bits - smallBits);
  const halvings = magnitude === 0n ? 0 : magnitude.toString(2).length;
  // Each squaring doubles the relative error: so many bits more.
  const more = BigInt(halvings + 8);
  const shift = BigInt(bits) + more;
  const small = (x << more) >> BigInt(halvings);
  let sum = 1n << shift;
  let term = sum;
  for (let n = 1n; term !== 0n && term !== -1n; n += 1n) {
    term = ((term * small) >> shift) / n;
    sum += term;
  }
  for (let i = 0; i < halvings; i += 1) sum = (sum * sum) >> shift;
  return sum >> more;
}
