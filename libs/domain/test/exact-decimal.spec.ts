import BigJs from 'big.js';
import fc from 'fast-check';
import type { ExactDecimal } from '../src/exact-decimal.js';
import { decimal, decimalsOf, isZero, roundAmount, roundQuotient, text } from '../src/money.js';

// The naive twin: big.js itself, as strict and as precise.
const Big = BigJs();
Big.DP = 20;
Big.RM = BigJs.roundHalfEven;
Big.NE = -40;
Big.PE = 60;
Big.strict = true;

const plainText = (value: BigJs): string => (value.eq('0') ? '0' : value.toString());

/** Numbers of every length, small ones with many zeros and nines, where carries and ties are. */
const digits = fc.oneof(
  fc.bigInt({ min: -(10n ** 8n), max: 10n ** 8n }),
  fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
  fc.bigInt({ min: -(10n ** 42n), max: 10n ** 42n }),
  fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(30)).map(([few, zeros]) => BigInt(few) * 10n ** BigInt(zeros)),
  fc.tuple(fc.nat(20), fc.integer({ min: -5, max: 5 })).map(([nines, off]) => 10n ** BigInt(nines) + BigInt(off)),
);
const numbers = fc.tuple(digits, fc.nat(30)).map(([whole, decimals]) => {
  const unsigned = String(whole < 0n ? -whole : whole).padStart(decimals + 1, '0');
  const at = unsigned.length - decimals;
  const plain = decimals === 0 ? unsigned : `${unsigned.slice(0, at)}.${unsigned.slice(at)}`;
  return whole < 0n ? `-${plain}` : plain;
});

const agrees = (fast: ExactDecimal, plain: BigJs): void => {
  expect(text(fast)).toBe(plainText(plain));
  expect(JSON.stringify(fast)).toBe(JSON.stringify(plain));
};

test('gives the results of big.js to the last digit', () => {
  fc.assert(
    fc.property(numbers, numbers, (left, right) => {
      const [a, b, x, y] = [decimal(left), decimal(right), new Big(left), new Big(right)];
      agrees(a, x);
      agrees(a.plus(b), x.plus(y));
      agrees(a.minus(b), x.minus(y));
      agrees(a.times(b), x.times(y));
      if (!isZero(b)) agrees(a.div(b), x.div(y));
      agrees(a.neg(), x.neg());
      agrees(a.abs(), x.abs());
      expect(a.cmp(b)).toBe(x.cmp(y));
      expect([a.lt(b), a.lte(b), a.gt(b), a.gte(b), a.eq(b)]).toEqual([x.lt(y), x.lte(y), x.gt(y), x.gte(y), x.eq(y)]);
      if (!isZero(a)) expect([a.s, decimalsOf(a)]).toEqual([x.s, Math.max(0, x.c.length - 1 - x.e)]);
    }),
    { numRuns: 2000 },
  );
});

test('rounds as big.js, ties included', () => {
  const ties = fc
    .tuple(numbers, fc.constantFrom('', '5', '50', '500', '4999', '5001'))
    .map(([number, tail]) => (number.includes('.') ? `${number}${tail}` : number));
  fc.assert(
    fc.property(ties, fc.integer({ min: -3, max: 30 }), (number, decimals) => {
      const [a, x] = [decimal(number), new Big(number)];
      agrees(a.round(decimals), x.round(decimals, BigJs.roundHalfEven));
      agrees(a.round(decimals, 'down'), x.round(decimals, BigJs.roundDown));
      agrees(roundAmount(a), x.round(8));
      agrees(roundQuotient(a), x.round(20));
    }),
    { numRuns: 2000 },
  );
});

test('a chain of steps doesn’t drift: what one copy computes for an increase and a part closed', () => {
  fc.assert(
    fc.property(numbers, numbers, numbers, numbers, (equity, usage, price, fraction) => {
      fc.pre(!isZero(decimal(price)));
      const size = decimal(equity).times(decimal(usage).div(price));
      const plain = new Big(equity).times(new Big(usage).div(price));
      agrees(roundQuotient(size), plain.round(20));
      const cut = roundQuotient(size).round(6, 'down');
      const plainCut = plain.round(20).round(6, BigJs.roundDown);
      agrees(roundAmount(cut.times(price)), plainCut.times(price).round(8));
      agrees(roundAmount(cut.times(fraction).div(price)), plainCut.times(fraction).div(price).round(8));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  '',
  '-',
  '.',
  '1.',
  '.5',
  '-.5',
  '1.2.3',
  '--1',
  '+1',
  ' 1',
  '1 ',
  '1e3',
  '-2.5E-4',
  'NaN',
  '0x1',
  '١',
  '00.10',
])('takes "%s" for what big.js takes it for', (told) => {
  const outcome = (read: () => string): string => {
    try {
      return read();
    } catch (error) {
      return String(error);
    }
  };
  expect(outcome(() => text(decimal(told)))).toBe(outcome(() => plainText(new Big(told))));
});

test('takes no numbers, and doesn’t divide by zero', () => {
  expect(() => decimal(1 as unknown as string)).toThrow('[big.js] Invalid value');
  expect(() => new Big(1 as unknown as string)).toThrow('[big.js] Invalid value');
  expect(() => decimal('1').div('0')).toThrow('[big.js] Division by zero');
});
