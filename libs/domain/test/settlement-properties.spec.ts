import fc from 'fast-check';
import {
  boundaryDue,
  decimal,
  max,
  min,
  nextPeriodStart,
  previewSettlement,
  settle,
  openingOf,
  startShare,
  stopShare,
  text,
  withAnnouncedTerms,
  withDeposit,
  withPnl,
  withWithdrawal,
  zero,
  type CarriedGap,
  type CopyShare,
  type Decimal,
  type Settlement,
  type SettlementReceipt,
} from '../src/index.js';
import { atBoundary, dayMs, monday, platformFeeRatio, shown, started, texts, walk } from './settlement-steps.js';
import { owedBy, type Left, type Told } from './settlement-twin.js';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 3_000);

const hundredMillionths = (n: number): Decimal => decimal(String(n)).times('0.00000001');
const money = fc.oneof(
  fc.integer({ min: 1, max: 1_000_000 }).map((n) => decimal(String(n)).times('0.01')),
  fc.integer({ min: 1, max: 10_000_000_000_000 }).map(hundredMillionths),
);
const pnls = fc.tuple(money, fc.boolean()).map(([amount, loss]) => (loss ? amount.neg() : amount));
const thousandths = fc.integer({ min: 0, max: 1000 }).map((n) => decimal(String(n)).times('0.001'));
const ratios = fc.integer({ min: 50, max: 300 }).map((n) => text(decimal(String(n)).times('0.001')));
const periods = fc.constantFrom('weekly' as const, 'monthly' as const);

type Move =
  | { readonly kind: 'pnl'; readonly amount: Decimal }
  | { readonly kind: 'deposit'; readonly amount: Decimal }
  /** Parts of the equity, and of what is owed, so that it often isn’t enough. */
  | { readonly kind: 'withdraw'; readonly part: Decimal }
  | { readonly kind: 'settle'; readonly part: Decimal }
  | { readonly kind: 'announce'; readonly ratio: string }
  | { readonly kind: 'rejoin'; readonly part: Decimal; readonly days: number };
const pnlMove = fc.record({ kind: fc.constant('pnl' as const), amount: pnls });
const depositMove = fc.record({ kind: fc.constant('deposit' as const), amount: money });
const settleMove = fc.record({ kind: fc.constant('settle' as const), part: thousandths });
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: pnlMove },
    { weight: 3, arbitrary: settleMove },
    { weight: 1, arbitrary: depositMove },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), part: thousandths }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('announce' as const), ratio: ratios }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('rejoin' as const),
        part: thousandths,
        days: fc.integer({ min: 0, max: 120 }),
      }),
    },
  ),
  { minLength: 8, maxLength: 30 },
);

/** What is available, from nothing over less than what is owed to more. */
const availableOf = (share: CopyShare, part: Decimal): Decimal =>
  share.due.plus(max(zero, share.gap.neg()).times('0.3')).times(part).times('1.5').minus('0.5');

/** A follower's copies of one provider, one after the other. */
class Copies {
  share: CopyShare;
  carried: CarriedGap | null = null;
  history: Told[] = [];
  settled: Settlement[] = [];
  private count = 1;

  /** @param onSettled is told each settlement, and the history that leads to it */
  constructor(
    amount: Decimal,
    ratio: string,
    period: 'weekly' | 'monthly',
    private readonly onSettled: (settlement: Settlement, history: readonly Told[]) => void,
  ) {
    this.share = started({ amount: text(amount), ratio, period });
    this.history.push({ kind: 'start', amount: text(amount), ratio, left: null });
  }

  move(move: Move): void {
    const { share } = this;
    if (move.kind === 'pnl' || move.kind === 'deposit') {
      this.share = move.kind === 'pnl' ? withPnl(share, move.amount) : withDeposit(share, move.amount, share.equity);
      this.history.push({ kind: move.kind, amount: text(move.amount) });
    } else if (move.kind === 'withdraw') {
      const amount = share.equity.times(move.part).round(8, 'down');
      if (amount.lte(zero)) return;
      this.share = withWithdrawal(share, amount, share.equity);
      this.history.push({ kind: 'withdraw', amount: text(amount) });
    } else if (move.kind === 'announce') {
      const effectiveFrom = nextPeriodStart(share.settledAt, share.terms.settlementPeriod);
      this.share = withAnnouncedTerms(share, { ...share.terms, profitShareRatio: decimal(move.ratio), effectiveFrom });
      this.history.push({ kind: 'announce', ratio: move.ratio, effectiveFrom });
    } else if (move.kind === 'rejoin') this.rejoin(move.part, move.days);
    else this.take(atBoundary(share, availableOf(share, move.part)), move.part);
  }

  private take(settlement: Settlement, part: Decimal): void {
    const available = text(availableOf(this.share, part));
    this.history.push({ kind: 'settle', at: settlement.receipt.until, available });
    this.settled.push(settlement);
    this.share = settlement.share;
    this.onSettled(settlement, this.history);
  }

  private rejoin(part: Decimal, days: number): void {
    const stoppedAt = this.share.settledAt + dayMs;
    const facts = { equity: this.share.equity, available: availableOf(this.share, part), platformFeeRatio };
    const stopped = stopShare(this.share, stoppedAt, facts)!;
    this.take(stopped, part);
    const { carried } = stopped;
    const amount = decimal('50').plus(max(zero, this.share.equity).times(part).times('1.5').round(8));
    const at = stoppedAt + days * dayMs;
    const { terms } = this.share;
    const opening = openingOf(carried, amount, at, 90);
    this.share = startShare({ copyId: `a~p~${(this.count += 1)}`, amount, at, terms }, opening);
    const left: Left | null = carried && {
      gap: text(carried.gap),
      equity: text(carried.equity),
      due: text(carried.due),
      expired: days >= 90,
    };
    this.history = [{ kind: 'start', amount: text(amount), ratio: text(terms.profitShareRatio), left }];
  }
}

function run(
  amount: Decimal,
  ratio: string,
  period: 'weekly' | 'monthly',
  all: readonly Move[],
  onSettled: (settlement: Settlement, history: readonly Told[]) => void = () => {},
): Copies {
  const copies = new Copies(amount, ratio, period, onSettled);
  for (const move of all) copies.move(move);
  return copies;
}

const expectAsTwin = ({ receipt, share }: Settlement, history: readonly Told[]): void =>
  expect({
    newProfit: text(receipt.newProfit),
    charged: text(receipt.providerGross),
    platformFee: text(receipt.platformFee),
    due: text(share.due),
    gap: text(share.gap),
    equity: text(share.equity),
  }).toEqual(owedBy(history));

/** Everything a receipt says, worked out from what stands above it. */
function expectByHand(receipt: SettlementReceipt): void {
  const r = receipt;
  const sum = (...parts: Decimal[]): string => text(parts.reduce((a, b) => a.plus(b)));
  expect({
    equityBefore: text(r.equityBefore),
    gapBefore: text(r.gapBefore),
    newProfit: text(r.newProfit),
    gapAfter: text(r.gapAfter),
    accrued: text(r.accrued),
    providerGross: text(r.providerGross),
    owed: sum(r.providerGross, r.dueAfter),
    parts: sum(r.platformFee, r.providerNet),
    equities: sum(r.equityAfter, r.providerGross),
  }).toEqual({
    equityBefore: sum(r.equityOpening, r.deposits, r.withdrawals.neg(), r.pnl),
    gapBefore: sum(r.gapOpening, r.pnl.neg(), r.gapWithdrawn.neg()),
    newProfit: text(max(zero, r.gapBefore.neg())),
    gapAfter: text(max(zero, r.gapBefore)),
    accrued: text(r.newProfit.times(r.profitShareRatio).round(8)),
    providerGross: text(min(r.dueBefore.plus(r.accrued), r.available)),
    owed: sum(r.dueBefore, r.accrued),
    parts: text(r.providerGross),
    equities: text(r.equityBefore),
  });
  const amounts = [r.available, r.providerGross, r.platformFee, r.providerNet, r.dueAfter, r.gapAfter];
  expect(amounts.filter((part) => part.lt(zero) || !part.round(8).eq(part))).toEqual([]);
}

test('on any history the incremental state agrees with the twin, the parts add up, and nothing is lost', () => {
  let cut = 0;
  let carriedOn = 0;
  fc.assert(
    fc.property(money, ratios, periods, moves, (amount, ratio, period, all) => {
      const { settled, share } = run(amount, ratio, period, all, expectAsTwin);
      for (const { receipt } of settled) {
        expectByHand(receipt);
        if (receipt.dueAfter.gt(zero)) cut += 1;
        if (receipt.from > monday && receipt.gapOpening.gt(zero)) carriedOn += 1;
      }
      // What accrued was charged or is due, over all copies of the pair.
      const sum = (of: 'accrued' | 'providerGross'): Decimal =>
        settled.reduce((total, { receipt }) => total.plus(receipt[of]), zero);
      expect(text(sum('accrued'))).toBe(text(sum('providerGross').plus(share.due)));
      const ids = settled.map(({ receipt }) => receipt.settlementId);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns },
  );
  expect(Math.min(cut, carriedOn)).toBeGreaterThan(numRuns / 4);
});

test('without withdrawals the new profit is the highest cumulative PnL at a boundary, less the initial gap', () => {
  const own = fc.array(fc.oneof(pnlMove, pnlMove, depositMove, settleMove), { maxLength: 40 });
  fc.assert(
    fc.property(money, fc.option(money), own, (amount, gap, all) => {
      const opening = { gap: gap ?? zero, due: zero };
      let share = startShare({ copyId: 'a~p~1', amount, at: monday, terms: started().terms }, opening);
      let cumulative = zero;
      let highest = zero;
      let newProfit = zero;
      for (const move of all) {
        if (move.kind === 'pnl') {
          share = withPnl(share, move.amount);
          cumulative = cumulative.plus(move.amount);
        } else if (move.kind === 'deposit') share = withDeposit(share, move.amount, share.equity);
        else {
          const settlement = atBoundary(share, availableOf(share, move.part));
          share = settlement.share;
          newProfit = newProfit.plus(settlement.receipt.newProfit);
          highest = max(highest, cumulative);
        }
        expect(text(newProfit)).toBe(text(max(zero, highest.minus(gap ?? zero))));
      }
    }),
    { numRuns },
  );
});

test('the same profit is never charged twice: at most what was won bears a share, a second look finds nothing', () => {
  fc.assert(
    fc.property(money, ratios, periods, moves, (amount, ratio, period, all) => {
      const copies = run(amount, ratio, period, all);
      const won = all.reduce((sum, move) => (move.kind === 'pnl' ? sum.plus(max(zero, move.amount)) : sum), zero);
      const shared = copies.settled.reduce((sum, { receipt }) => sum.plus(receipt.newProfit), zero);
      expect(shared.lte(won)).toBe(true);
      const once = atBoundary(copies.share);
      const again = atBoundary(once.share);
      expect(texts([again.receipt.newProfit, again.receipt.accrued])).toEqual(['0', '0']);
    }),
    { numRuns },
  );
});

test('under water a withdrawal may come before a boundary or after it', () => {
  let owing = 0;
  fc.assert(
    fc.property(money, money, money, thousandths, thousandths, (amount, profit, loss, unpaid, part) => {
      const base = walk(withPnl(started({ amount: text(amount) }), profit), [
        ['settle', text(profit.times(unpaid).times('0.1'))],
      ]);
      const share = withPnl(base.share, min(loss, amount.plus(profit).times('0.8').round(8)).neg());
      const withdrawal = share.equity.minus(share.due).times(part).round(8, 'down');
      fc.pre(withdrawal.gt(zero) && share.gap.gt(zero));
      if (share.due.gt(zero)) owing += 1;
      const before = atBoundary(withWithdrawal(share, withdrawal, share.equity)).share;
      const { share: settled } = atBoundary(share);
      const after = withWithdrawal(settled, withdrawal, settled.equity);
      expect(texts([before.gap, before.equity, before.due])).toEqual(texts([after.gap, after.equity, after.due]));
      expect(shown(before.totals)).toEqual(shown(after.totals));
    }),
    { numRuns },
  );
  expect(owing).toBeGreaterThan(numRuns / 4);
});

test('a deposit changes nothing of what is owed', () => {
  const plenty = decimal('1000000000');
  fc.assert(
    fc.property(money, ratios, moves, money, (amount, ratio, all, deposit) => {
      const { share } = run(amount, ratio, 'weekly', all);
      const owed = (of: CopyShare): string[] => {
        const facts = { equity: of.equity, available: plenty, platformFeeRatio };
        const { newProfit, accrued, providerGross, gapAfter } = previewSettlement(of, monday, facts)!;
        return texts([newProfit, accrued, providerGross, gapAfter]);
      };
      expect(owed(withDeposit(share, deposit, share.equity))).toEqual(owed(share));
    }),
    { numRuns },
  );
});

test('rejoining within 90 days is no reset: the copy owes what it would owe had it gone on with that money', () => {
  const days = fc.integer({ min: 0, max: 89 });
  fc.assert(
    fc.property(money, thousandths, thousandths, days, pnls, (amount, lost, part, day, pnl) => {
      const share = withPnl(started({ amount: text(amount) }), amount.times(lost).round(8).neg());
      const facts = { equity: share.equity, available: share.equity, platformFeeRatio };
      const { carried, receipt } = stopShare(share, monday, facts)!;
      const again = share.equity.times(part).times('1.2').round(8, 'down');
      fc.pre(again.gt(zero));
      const at = monday + day * dayMs;
      const opening = openingOf(carried, again, at, 90);
      const rejoined = startShare({ copyId: 'a~p~2', amount: again, at, terms: share.terms }, opening);
      const flow = again.minus(receipt.equityAfter);
      const flown = flow.gt(zero)
        ? withDeposit(share, flow, share.equity)
        : flow.lt(zero)
          ? withWithdrawal(share, flow.neg(), share.equity)
          : share;
      const [a, b] = [rejoined, flown].map((one) => atBoundary(withPnl(one, pnl)));
      expect(texts([a!.share.gap, a!.receipt.newProfit, a!.receipt.providerGross])).toEqual(
        texts([b!.share.gap, b!.receipt.newProfit, b!.receipt.providerGross]),
      );
    }),
    { numRuns },
  );
});

test('ticks that are repeated or late have no effect, and a boundary that is due is settled once', () => {
  const ticks = fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 20 });
  fc.assert(
    fc.property(periods, ticks, fc.array(pnls, { minLength: 20, maxLength: 20 }), (period, days, moved) => {
      let share = started({ period });
      const settled: number[] = [];
      const expected: number[] = [];
      days.forEach((day, count) => {
        share = withPnl(share, moved[count] as Decimal);
        const at = monday + day * dayMs;
        const facts = { equity: share.equity, available: share.equity, platformFeeRatio };
        const boundary = boundaryDue(share, at);
        if (boundary !== null) {
          const { share: next, receipt } = settle(share, { kind: 'period', boundary }, facts)!;
          expect(settle(next, { kind: 'period', boundary }, facts)).toBeNull();
          settled.push(receipt.until);
          share = next;
        }
        expect(settle(share, { kind: 'period', boundary: at }, facts)).toBeNull();
        let latest = monday;
        for (let next = monday; next <= at; next = nextPeriodStart(next, period)) latest = next;
        if (latest > (expected.at(-1) ?? monday)) expected.push(latest);
      });
      expect(settled).toEqual(expected);
    }),
    { numRuns },
  );
});
