import type { AnnouncedFees, FeeTerms } from '@slipstream/contracts';
import type { NaiveFees } from './naive-copy.js';
import { least, most, num, zero, type Num } from './numbers.js';

export const begun = (amount: Num, fees: FeeTerms, announced: AnnouncedFees | null): NaiveFees => ({
  ...{ due: zero, settling: false, charged: new Set() },
  past: [
    { kind: 'began', amount, ratio: num(fees.profitShareRatio) },
    ...(announced
      ? [{ kind: 'announced', ratio: num(announced.fees.profitShareRatio), from: announced.effectiveFrom } as const]
      : []),
  ],
});

/** What is due, and the share of what is won beyond the watermark, worked out from all that has happened. */
export function heldBack({ due, past }: NaiveFees, equity: Num): Num {
  let [mark, measured, ratio] = [zero, null as Num | null, zero];
  let news: { ratio: Num; from: number } | null = null;
  for (const one of past) {
    if (one.kind === 'began') [mark, ratio] = [one.amount, one.ratio];
    else if (one.kind === 'announced') news = one;
    else if (one.kind === 'measured') {
      measured = one.equity;
      if (news && news.from <= one.at) [ratio, news] = [news.ratio, null];
    } else if (one.kind === 'charged') {
      mark = (measured ? most(mark, measured) : mark).minus(one.amount);
      measured = measured && measured.minus(one.amount);
    } else {
      const under = mark.minus(one.equity);
      const own = one.equity.minus(one.due);
      const out = one.amount.times(-1);
      const part = own.gt(0) ? own.minus(least(out, own)) : zero;
      const kept = own.gt(0) ? under.times(part).div(own).round(8, 2) : zero;
      mark = one.equity.plus(one.amount).plus(out.gt(0) && under.gt(0) ? kept : under);
      measured = measured && measured.plus(one.amount);
    }
  }
  const highest = news ? most(ratio, news.ratio) : ratio;
  return due.plus(most(zero, equity.minus(mark)).times(highest).round(8, 2));
}
