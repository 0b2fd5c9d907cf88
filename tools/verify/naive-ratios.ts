// The ratios of a list of daily returns, the risk and the overview rank, each from its textbook formula.
import Big from 'big.js';
import { fine, num, one, said, sum, ten, zero, type Num } from './naive-numbers.ts';

type Ratios = ReturnType<typeof ratios>;

/** Metrics of a list of daily returns, each from its textbook formula. */
export function ratios(returns: readonly Num[], perYear = 365) {
  const n = returns.length;
  let growth = one;
  const curve = [one];
  for (const r of returns) curve.push((growth = growth.times(r.plus(1)).round(20, 2)));
  let peak = one;
  let deepest = zero;
  for (const point of curve) {
    if (point.gt(peak)) peak = point;
    const fall = point.div(peak).minus(1);
    if (fall.lt(deepest)) deepest = fall;
  }
  const mean = n === 0 ? fine(0) : fine(sum(returns)).div(n);
  const spread = returns.reduce((all, r) => all.plus(fine(r).minus(mean).times(fine(r).minus(mean))), fine(0));
  const sd = n < 2 ? null : spread.div(n - 1).sqrt();
  const below = returns.reduce((all, r) => (r.lt(0) ? all.plus(fine(r).times(r)) : all), fine(0));
  const risk = n === 0 ? fine(0) : below.div(n).sqrt();
  const root = fine(perYear).sqrt();
  const sharpe = sd === null || isNothing(sd) ? null : mean.div(sd).times(root);
  const annual = n === 0 ? null : power(growth, perYear, n).minus(1);
  const calmar = annual === null || deepest.eq(0) ? null : annual.div(deepest.abs());
  return {
    days: n,
    roi: ten(n === 0 ? null : growth.minus(1)),
    maxDrawdown: ten(n === 0 ? null : deepest),
    sharpe: n < 30 ? null : ten(sharpe),
    sortino: n < 2 || isNothing(risk) ? null : ten(mean.times(perYear).div(risk.times(root))),
    calmar: ten(calmar === null || calmar.gte('1e40') ? null : calmar),
    volatility: ten(sd && (isNothing(sd) ? fine(0) : sd.times(root))),
    profitDays: returns.filter((r) => r.gt(0)).length,
    lossDays: returns.filter((r) => r.lt(0)).length,
  };
}

/** Equal returns leave nothing but the rounding of their mean. */
const isNothing = (value: Num): boolean => value.lt('1e-30');

/** base^(a ÷ b): exactly to the a-th power where that is small, else by e^(ln base × a ÷ b). */
function power(base: Num, a: number, b: number): Num {
  if (base.eq(0)) return fine(0);
  const exponent = fine(a).div(b);
  return exp(ln(fine(base)).times(exponent));
}
function exp(x: Num, digits = 75): Num {
  // e^x = (e^(x ÷ 2^k))^(2^k); digits are lost in the squarings, so more are kept.
  const least = new Big(10).pow(-digits);
  const More = Big();
  More.DP = digits;
  More.RM = 0;
  More.NE = -900;
  More.PE = 900;
  let halvings = 0;
  for (let rest = x.abs(); rest.gt('0.1'); rest = rest.div(2)) halvings += 1;
  const small = new More(x).div(new More(2).pow(halvings));
  let [total, term] = [new More(1), new More(1)];
  const step = small.round(digits);
  for (let n = 1; term.abs().gt(least); n += 1) {
    term = term.times(step).div(n).round(digits);
    total = total.plus(term);
  }
  for (let i = 0; i < halvings; i += 1) total = total.times(total).round(digits);
  return fine(total);
}
/** Newton on e^y = x. */
function ln(x: Num): Num {
  let y = fine(Math.log(Number(x.toFixed())));
  for (let i = 0; i < 4; i += 1) {
    const e = exp(y);
    y = y.plus(x.minus(e).times(2).div(x.plus(e))).round(75);
  }
  return y;
}

const steps = ['0.1', '0.2', '0.3', '0.45', '0.6', '0.8', '1.1', '1.5', '2'];

/** Risk from 1 to 10 by its thresholds. */
export function riskOf(
  days: number,
  periods: Record<'30d' | '90d', Pick<Ratios, 'volatility' | 'maxDrawdown'> & { readonly peakExposure: string | null }>,
): number | null {
  const { volatility } = periods['30d'];
  if (days < 7 || volatility === null) return null;
  const { maxDrawdown, peakExposure } = periods['90d'];
  const extra = num(maxDrawdown ?? 0).lt('-0.3') || num(peakExposure ?? 0).gt(10) ? 2 : 0;
  return Math.min(10, 1 + steps.filter((step) => num(volatility).gte(step)).length + extra);
}

/** The provider's own part of the overview rank. */
export function overview(
  days: number,
  { sharpe, roi, maxDrawdown }: Pick<Ratios, 'sharpe' | 'roi' | 'maxDrawdown'>,
): string {
  const part = (weight: number, value: Num): Num => num(weight).times(value.lt(0) ? zero : value.gt(1) ? one : value);
  return said(
    sum([
      part(30, sharpe === null ? zero : num(sharpe).div(4)),
      part(15, roi === null ? zero : num(roi)),
      part(20, maxDrawdown === null ? zero : one.plus(num(maxDrawdown).div('0.5'))),
      part(10, num(days).div(180)),
    ]),
  );
}
