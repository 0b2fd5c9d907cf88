import type { AnnouncedFees, FeeTerms } from '@slipstream/contracts';
import { decimal, max, roundAmount, zero, type Decimal } from '../money.js';
import { keptGap } from '../settlement/copy-share.js';

/**
 * The profit share of a copy that isn't settled yet, as far as its account can know: settlement has the gap, this is what
 * must not be taken out before. A loss that was carried from an earlier copy isn't known here, so that more may be held back.
 */
export interface Unsettled {
  /** Equity above which profit bears its share. */
  readonly watermark: Decimal;
  /** Equity when the copy was last measured, moved by what has flowed since; null: never. */
  readonly measured: Decimal | null;
  readonly ratio: Decimal;
  readonly announced: { readonly ratio: Decimal; readonly effectiveFrom: number } | null;
}

const ratioOf = ({ profitShareRatio }: FeeTerms): Decimal => decimal(profitShareRatio);

/** A copy that becomes active with this money and these terms. */
export const unsettledFrom = (amount: Decimal, fees: FeeTerms, announced: AnnouncedFees | null): Unsettled => ({
  watermark: amount,
  measured: null,
  ratio: ratioOf(fees),
  announced: announced && { ratio: ratioOf(announced.fees), effectiveFrom: announced.effectiveFrom },
});

/** max(0, equity − watermark) × ratio, rounded; of two ratios, one in force and one announced, the higher. */
export function unsettledShare({ watermark, ratio, announced }: Unsettled, equity: Decimal): Decimal {
  const highest = announced ? max(ratio, announced.ratio) : ratio;
  return roundAmount(max(zero, equity.minus(watermark)).times(highest));
}

/**
 * Money that came in (> 0) or went out (< 0): the gap stays, a withdrawal takes its part of a loss along.
 * @param equity copy equity just before
 * @param due what of it is due
 */
export function unsettledAfterFlow(before: Unsettled, amount: Decimal, equity: Decimal, due: Decimal): Unsettled {
  const gap = before.watermark.minus(equity);
  const loses = amount.s === -1 && gap.gt(zero);
  const gapAfter = loses ? keptGap(gap, amount.neg(), equity.minus(due)) : gap;
  return {
    ...before,
    watermark: equity.plus(amount).plus(gapAfter),
    measured: before.measured && before.measured.plus(amount),
  };
}

/** The copy was measured to be settled; terms that hold from that moment are in force. */
export function unsettledAfterMeasure(before: Unsettled, equity: Decimal, at: number): Unsettled {
  const { announced } = before;
  const inForce = announced !== null && announced.effectiveFrom <= at;
  return { ...before, measured: equity, ...(inForce ? { ratio: announced.ratio, announced: null } : {}) };
}

/** Settlement has taken the profit up to the last measure, and the copy has paid. */
export function unsettledAfterCharge(before: Unsettled, charged: Decimal): Unsettled {
  const { watermark, measured } = before;
  return {
    ...before,
    watermark: (measured ? max(watermark, measured) : watermark).minus(charged),
    measured: measured && measured.minus(charged),
  };
}

/** New terms were announced. */
export const unsettledAfterNews = (before: Unsettled, fees: FeeTerms, effectiveFrom: number): Unsettled => ({
  ...before,
  announced: { ratio: ratioOf(fees), effectiveFrom },
});

/** As it was saved; null for a copy that was saved before this was kept. */
export function reviveUnsettled(saved: Unsettled | null | undefined): Unsettled | null {
  if (!saved) return null;
  const number = (value: unknown): Decimal => decimal(value as string);
  const { watermark, measured, ratio, announced } = saved;
  return {
    watermark: number(watermark),
    measured: measured && number(measured),
    ratio: number(ratio),
    announced: announced && { ...announced, ratio: number(announced.ratio) },
  };
}
