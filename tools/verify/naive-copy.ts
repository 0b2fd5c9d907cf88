// One copy done the plain way: its figures from everything it was told.
import type { CopyEnd } from '@slipstream/contracts';
import { num, one, sum, zero, type Num } from './naive-numbers.ts';

/** A copy in figures. */
export interface Valued {
  readonly copy: Copy;
  /** Realised − fees, and what is open at the marks. */
  readonly realised: Num;
  readonly open: Num;
  readonly equity: Num;
  readonly drift: Num;
  /** Π(E⁻ ÷ E⁺) over the parts that flows divide. */
  readonly growth: Num;
}

/** What a copy comes to at marks, from all that it was told. */
export function valueOf(
  copy: Copy,
  marks: ReadonlyMap<string, Num>,
  contractSize: (instrument: string) => string,
): Valued {
  const realised = sum(
    copy.ends.map(({ realisedPnl, fee, commission }) => num(realisedPnl).minus(fee).minus(commission)),
  );
  let [open, drift] = [zero, zero];
  const ends = Map.groupBy(copy.ends, ({ orderId }) => copy.orders.get(orderId)?.leadPositionId);
  for (const [leadPositionId, { instrument, target }] of copy.leads) {
    const mark = marks.get(instrument);
    if (mark === undefined) continue;
    const fills = sinceFlat(ends.get(leadPositionId) ?? []);
    const held = sum(fills.map(signed));
    const size = contractSize(instrument);
    // What all of it would have made if it were closed at the mark, less what is realised of that.
    const made = fills.map((fill) =>
      mark
        .minus(fill.price ?? 0)
        .times(signed(fill))
        .times(size)
        .minus(fill.realisedPnl),
    );
    open = open.plus(sum(made));
    drift = drift.plus(target.minus(held).abs().times(mark).times(size));
  }
  const equity = sum([copy.startedWith, ...copy.flows.map(({ amount }) => amount), ...copy.insured, realised, open]);
  return { copy, realised, open, equity, drift, growth: growthOf(copy, equity) };
}

const signed = ({ side, quantity }: CopyEnd): Num => num(quantity).times(side === 'buy' ? 1 : -1);

/** The fills after the last one that left nothing. */
function sinceFlat(ends: readonly CopyEnd[]): readonly CopyEnd[] {
  let [held, from] = [zero, 0];
  ends.forEach((end, index) => {
    held = held.plus(signed(end));
    if (held.eq(0)) from = index + 1;
  });
  return ends.slice(from);
}

function growthOf({ startedWith, flows }: Copy, equity: Num): Num {
  let [growth, base] = [one, startedWith];
  for (const part of [...flows, { amount: zero, equityBefore: equity }]) {
    if (base.gt(0)) growth = part.equityBefore.gt(0) ? growth.times(part.equityBefore.div(base)).round(20, 2) : zero;
    base = part.equityBefore.plus(part.amount);
  }
  return growth;
}

/** What a copy was told. */
export interface Copy {
  readonly startedWith: Num;
  copyTotalAmt: Num;
  confirmed: boolean;
  status: 'running' | 'stopped';
  readonly flows: { readonly amount: Num; readonly equityBefore: Num }[];
  readonly insured: Num[];
  /** Numbers of provider orders it has decided on. */
  readonly decided: Set<number>;
  /** Orders it placed. */
  readonly orders: Map<string, { readonly leadPositionId: string; ended: boolean }>;
  /** The first end of each. */
  readonly ends: CopyEnd[];
  /** What it should hold of each lead position. */
  readonly leads: Map<string, { readonly instrument: string; readonly target: Num }>;
}
