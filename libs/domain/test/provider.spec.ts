import fc from 'fast-check';
import { decimal, text } from '../src/money.js';
import { parsePolicy } from '../src/parse-policy.js';
import { defaultPolicy, type Policy } from '../src/policy.js';
import { levelOf, meanAum, withAum, type AumDay } from '../src/provider/level.js';
import { nextPeriodStart } from '../src/provider/period.js';

const dayMs = 86_400_000;
const runs = { numRuns: 10_000 };
const moments = fc.integer({ min: 0, max: Date.UTC(2400, 0, 1) });

test('a weekly period ends on the next Monday, a monthly one on the next first', () => {
  fc.assert(
    fc.property(moments, (at) => {
      const monday = new Date(nextPeriodStart(at, 'weekly'));
      expect([monday.getUTCDay(), monday.getTime() % dayMs]).toEqual([1, 0]);
      expect(monday.getTime() - at).toBeGreaterThan(0);
      expect(monday.getTime() - at).toBeLessThanOrEqual(7 * dayMs);
      const now = new Date(at);
      expect(nextPeriodStart(at, 'monthly')).toBe(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
    }),
    runs,
  );
});

test('the mean is that of the last 90 midnights, or of those since the registration', () => {
  const days = fc.array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 1_000_000 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 220 }), (told, registered, now) => {
      let kept: readonly AumDay[] = [];
      const known = new Map<number, number>();
      for (const [day, aum] of [...told].sort(([a], [b]) => a - b)) {
        if (day >= now || day <= registered) continue;
        kept = withAum(kept, { at: day * dayMs, accountsPartition: 3, aum: String(aum) });
        known.set(day, aum);
      }
      const mean = meanAum(kept, registered * dayMs + 1, now * dayMs);
      const count = Math.min(90, now - 1 - registered);
      if (count < 1) return expect(mean).toBeNull();
      let sum = 0;
      for (const [day, aum] of known) if (day >= now - 90) sum += aum;
      expect(text(mean!)).toBe(
        text(
          decimal(String(sum))
            .div(decimal(String(count)))
            .round(8),
        ),
      );
      expect(kept.length).toBeLessThanOrEqual(91);
    }),
    runs,
  );
});

test.each([
  ['0', 0],
  ['49999.99', 0],
  ['50000', 1],
  ['499999.99', 1],
  ['500000', 2],
])('a mean of %s is level %i', (mean, level) => {
  expect(levelOf(defaultPolicy, decimal(mean))).toBe(level);
});

describe('a policy file', () => {
  test('names what differs', () => {
    const policy = parsePolicy('{"copyAmountMin":"10","providersMax":3,"levels":"off","illiquidInstruments":["X"]}');
    expect([text(policy.copyAmountMin), policy.providersMax, policy.levels]).toEqual(['10', 3, null]);
    expect(text(policy.copyAmountMax)).toBe('200000');
    expect(parsePolicy('{}')).toEqual(defaultPolicy);
  });

  test('has the platform’s 2 %, no commission and 90 days of a carried gap, or what it names', () => {
    const shown = ({ platformFeeRatio, copiedOrderCommission, carriedGapDays }: Policy) =>
      [platformFeeRatio, copiedOrderCommission, carriedGapDays].map(String);
    expect(shown(defaultPolicy)).toEqual(['0.02', '0', '90']);
    const json = '{"platformFeeRatio":"1","copiedOrderCommission":"0.05","carriedGapDays":30}';
    expect(shown(parsePolicy(json))).toEqual(['1', '0.05', '30']);
  });

  test.each([
    ['[]', /the policy must be an object/],
    ['{"speed":"1"}', /speed is unknown/],
    ['{"copyAmountMin":50}', /copyAmountMin must be a decimal number in quotes/],
    ['{"copyAmountMin":"-1"}', /copyAmountMin/],
    ['{"providersMax":"3"}', /providersMax must be a whole number/],
    ['{"levels":[]}', /levels must be "off" or a list/],
    ['{"levels":[{"aum":"1","profitShareMax":"0.1","slots":1}]}', /levels must rise by aum, from "0"/],
    ['{"levels":[{"aum":"0","profitShareMax":"0.1"}]}', /levels\[0\].slots/],
    ['{"levels":[{"aum":"0","profitShareMax":"0.1","slots":1,"x":1}]}', /levels\[0\].x is unknown/],
    ['{"jurisdictions":{"Germany":{}}}', /jurisdictions.Germany is no country code/],
    ['{"jurisdictions":{"DE":{"roles":["boss"]}}}', /jurisdictions.DE.roles knows follower and provider/],
    ['{"jurisdictions":{"DE":{"maxTotal":5}}}', /jurisdictions.DE.maxTotal/],
    ['{"platformFeeRatio":"2"}', /platformFeeRatio must be a fraction, at most 1/],
    ['{"platformFeeRatio":0.02}', /platformFeeRatio must be a decimal number in quotes/],
    ['{"copiedOrderCommission":"-1"}', /copiedOrderCommission must be a decimal number/],
    ['{"carriedGapDays":0}', /carriedGapDays must be a whole number above 0/],
    ['{"blockedInstruments":"X"}', /blockedInstruments must be a list/],
  ])('%s says what is wrong', (json, message) => {
    expect(() => parsePolicy(json)).toThrow(message);
  });
});
