import {
  anyDigits,
  format,
  halfOfPower,
  powerOf10,
  quotientDecimals,
  shortDecimals,
  shortDigits,
} from './decimal-text.js';

/**
 * An exact decimal: digits × 10^−decimals. Has the methods of big.js and gives its results to the last digit, at a
 * fraction of its cost: big.js keeps an array of digits and works through it one by one.
 */
export class ExactDecimal {
  private constructor(
    readonly digits: bigint,
    /** ≥ 0; the last ones may be zeros. */
    readonly decimals: number,
  ) {}

  /** @throws Error of big.js when the text isn't a decimal number */
  static parse(text: string): ExactDecimal {
    // Most of what is kept is nothing: one object for all of it.
    if (text === '0') return nothing;
    const decimals = shortDecimals(text);
    if (decimals >= 0) return new ExactDecimal(BigInt(shortDigits(text)), decimals);
    const any = anyDigits(text);
    return new ExactDecimal(any.digits, any.decimals);
  }

  /** −1 below zero, else 1. */
  get s(): 1 | -1 {
    return this.digits < 0n ? -1 : 1;
  }
  abs(): ExactDecimal {
    return this.digits < 0n ? this.neg() : this;
  }
  neg(): ExactDecimal {
    return new ExactDecimal(-this.digits, this.decimals);
  }

  plus(other: ExactDecimal | string): ExactDecimal {
    const b = from(other);
    if (b.digits === 0n) return this;
    if (this.digits === 0n) return b;
    const more = this.decimals - b.decimals;
    if (more === 0) return new ExactDecimal(this.digits + b.digits, this.decimals);
    if (more > 0) return new ExactDecimal(this.digits + b.digits * powerOf10(more), this.decimals);
    return new ExactDecimal(this.digits * powerOf10(-more) + b.digits, b.decimals);
  }
  minus(other: ExactDecimal | string): ExactDecimal {
    const b = from(other);
    if (b.digits === 0n) return this;
    const more = this.decimals - b.decimals;
    if (more === 0) return new ExactDecimal(this.digits - b.digits, this.decimals);
    if (more > 0) return new ExactDecimal(this.digits - b.digits * powerOf10(more), this.decimals);
    return new ExactDecimal(this.digits * powerOf10(-more) - b.digits, b.decimals);
  }
  times(other: ExactDecimal | string): ExactDecimal {
    const b = from(other);
    return new ExactDecimal(this.digits * b.digits, this.decimals + b.decimals);
  }
  /**
   * To 20 decimals, half-even.
   * @throws Error when the other is zero
   */
  div(other: ExactDecimal | string): ExactDecimal {
    const b = from(other);
    if (b.digits === 0n) throw new Error('[big.js] Division by zero');
    const shift = quotientDecimals + b.decimals - this.decimals;
    const quotient =
      shift >= 0
        ? divideHalfEven(this.digits * powerOf10(shift), b.digits)
        : divideHalfEven(this.digits, b.digits * powerOf10(-shift));
    return new ExactDecimal(quotient, quotientDecimals).stripped();
  }

  /** Rounded to at most that many decimals. */
  round(decimals: number, mode: 'half-even' | 'down' = 'half-even'): ExactDecimal {
    const surplus = this.decimals - decimals;
    if (surplus <= 0) return this;
    const digits = mode === 'down' ? this.digits / powerOf10(surplus) : dropHalfEven(this.digits, surplus);
    return decimals < 0 ? new ExactDecimal(digits * powerOf10(-decimals), 0) : new ExactDecimal(digits, decimals);
  }

  cmp(other: ExactDecimal | string): -1 | 0 | 1 {
    const b = from(other);
    // Most comparisons are with zero.
    const more = b.digits === 0n ? 0 : this.decimals - b.decimals;
    const left = more < 0 ? this.digits * powerOf10(-more) : this.digits;
    const right = more > 0 ? b.digits * powerOf10(more) : b.digits;
    return left < right ? -1 : left > right ? 1 : 0;
  }
  eq(other: ExactDecimal | string): boolean {
    return this.cmp(other) === 0;
  }
  lt(other: ExactDecimal | string): boolean {
    return this.cmp(other) < 0;
  }
  lte(other: ExactDecimal | string): boolean {
    return this.cmp(other) <= 0;
  }
  gt(other: ExactDecimal | string): boolean {
    return this.cmp(other) > 0;
  }
  gte(other: ExactDecimal | string): boolean {
    return this.cmp(other) >= 0;
  }

  /** The same number without zeros at its end. */
  stripped(): ExactDecimal {
    if (this.decimals === 0 || this.digits % 10n !== 0n) return this;
    let { digits, decimals } = this;
    for (const zeros of [16, 8, 4, 2, 1]) {
      while (zeros <= decimals && digits % powerOf10(zeros) === 0n) {
        digits /= powerOf10(zeros);
        decimals -= zeros;
      }
    }
    return new ExactDecimal(digits, decimals);
  }
  toString(): string {
    return format(this.digits, this.decimals);
  }
  toJSON(): string {
    return this.toString();
  }
}

const from = (value: ExactDecimal | string): ExactDecimal =>
  typeof value === 'string' ? ExactDecimal.parse(value) : value;

/** Without so many digits at its end: as a division by their power of ten, but nothing is made only to be compared. */
function dropHalfEven(digits: bigint, surplus: number): bigint {
  if (digits < 0n) return -dropHalfEven(-digits, surplus);
  const step = powerOf10(surplus);
  const quotient = digits / step;
  const rest = digits % step;
  const half = halfOfPower(surplus);
  return rest < half || (rest === half && quotient % 2n === 0n) ? quotient : quotient + 1n;
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend - quotient * divisor;
  if (rest === 0n) return quotient;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const whole = divisor < 0n ? -divisor : divisor;
  if (twice < whole || (twice === whole && quotient % 2n === 0n)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

const nothing = ExactDecimal.parse('0.0').stripped();
