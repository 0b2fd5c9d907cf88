import fc from 'fast-check';
import {
  accrue,
  charge,
  decimal,
  max,
  min,
  owedOf,
  payable,
  reviveCopyShare,
  settle,
  text,
  withDeposit,
  withPnl,
  withWithdrawal,
  zero,
  type CopyShare,
  type Decimal,
  type SettlementReceipt,
} from '../src/index.js';
import { monday, platformFeeRatio, shown, started, weekMs } from './settlement-steps.js';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 3_000);
const cents = (most: number) => fc.integer({ min: 1, max: most }).map((n) => decimal(String(n)).times('0.01'));
const thousandths = fc.integer({ min: 0, max: 1000 }).map((n) => decimal(String(n)).times('0.001'));

type Move =
  | { readonly kind: 'pnl' | 'deposit'; readonly amount: Decimal }
  | { readonly kind: 'withdraw'; readonly part: Decimal }
  | { readonly kind: 'answer'; readonly part: Decimal }
  | { readonly kind: 'measure' };
const amounts = fc.tuple(cents(100_000), fc.boolean());
const move: fc.Arbitrary<Move> = fc.oneof(
  amounts.map(([amount, loss]): Move => ({ kind: 'pnl', amount: loss ? amount.neg() : amount })),
  cents(50_000).map((amount): Move => ({ kind: 'deposit', amount })),
  thousandths.map((part): Move => ({ kind: 'withdraw', part })),
  fc.constant<Move>({ kind: 'measure' }),
  thousandths.map((part): Move => ({ kind: 'answer', part })),
);

const paid = (owed: Decimal, part: Decimal) => {
  const available = payable(owed.times(part).times('1.5'));
  return { available, charged: min(owed, available), platformFeeRatio };
};

/** A copy whose charges come some time after it was measured. The money is kept apart from the share: what the copy has. */
class Copy {
  share = started({ ratio: '0.2' });
  money = decimal('1000');
  boundary = monday;
  receipts: SettlementReceipt[] = [];
  overlapping = 0;

  take(move: Move): void {
    if (move.kind === 'pnl') this.money = this.money.plus(move.amount);
    else if (move.kind === 'deposit') {
      this.share = withDeposit(this.share, move.amount, this.money);
      this.money = this.money.plus(move.amount);
    } else if (move.kind === 'withdraw') {
      const amount = this.money.minus(this.share.due).times(move.part).round(8, 'down');
      if (amount.lte(zero)) return;
      this.share = withWithdrawal(this.share, amount, this.money);
      this.money = this.money.minus(amount);
    } else if (move.kind === 'measure') this.measure();
    else if (move.kind === 'answer') this.answer(move.part);
    this.share = reviveCopyShare(JSON.parse(JSON.stringify(this.share)));
  }

  private measure(): void {
    this.boundary += weekMs;
    this.share = accrue(this.share, { kind: 'period', boundary: this.boundary }, this.money)!.share;
    if (this.share.pending.length > 1) this.overlapping += 1;
  }

  answer(part: Decimal): void {
    const [pending] = this.share.pending;
    if (!pending) return;
    const before = this.share;
    const settlement = charge(before, pending.settlementId, paid(owedOf(pending), part))!;
    this.share = settlement.share;
    this.money = this.money.minus(settlement.receipt.providerGross);
    this.receipts.push(settlement.receipt);
    expect(charge(this.share, pending.settlementId, paid(owedOf(pending), part))).toBeNull();
  }
}

test('settle is accrue, then charge', () => {
  fc.assert(
    fc.property(cents(500_000), thousandths, (equity, part) => {
      const share = withPnl(started(), equity.minus('1000'));
      const cause = { kind: 'period', boundary: monday + weekMs } as const;
      const once = settle(share, cause, { equity, available: equity.times(part), platformFeeRatio })!;
      const { share: accrued, pending } = accrue(share, cause, equity)!;
      const available = payable(equity.times(part));
      const charged = min(owedOf(pending), available);
      const twice = charge(accrued, pending.settlementId, { available, charged, platformFeeRatio });
      expect(shown(twice)).toEqual(shown(once));
    }),
    { numRuns },
  );
});

test('whatever flows between measuring and charge, each part of the profit bears its share once, and receipts follow on', () => {
  let overlapping = 0;
  fc.assert(
    fc.property(fc.array(move, { minLength: 10, maxLength: 60 }), (moves) => {
      const copy = new Copy();
      for (const one of moves) copy.take(one);
      while (copy.share.pending.length > 0) copy.answer(decimal('1'));
      overlapping += copy.overlapping;
      const { share, receipts } = copy;
      const sum = (of: 'accrued' | 'providerGross' | 'newProfit'): Decimal =>
        receipts.reduce((total, receipt) => total.plus(receipt[of]), zero);
      expect(text(sum('accrued'))).toBe(text(sum('providerGross').plus(share.due)));
      expect(text(share.totals.providerGross)).toBe(text(sum('providerGross')));
      expectFollowingOn(receipts, share, copy.money);
    }),
    { numRuns },
  );
  expect(overlapping).toBeGreaterThan(numRuns / 2);
});

/** Each receipt begins where the one before it ended, and can be worked out by hand. */
function expectFollowingOn(receipts: readonly SettlementReceipt[], share: CopyShare, money: Decimal): void {
  let [equity, gap, due] = [decimal('1000'), zero, zero];
  for (const r of receipts) {
    expect([text(r.equityOpening), text(r.gapOpening), text(r.dueBefore)]).toEqual([
      text(equity),
      text(gap),
      text(due),
    ]);
    expect(text(r.equityBefore)).toBe(text(r.equityOpening.plus(r.deposits).minus(r.withdrawals).plus(r.pnl)));
    expect(text(r.gapBefore)).toBe(text(r.gapOpening.minus(r.pnl).minus(r.gapWithdrawn)));
    expect(text(r.newProfit)).toBe(text(max(zero, r.gapBefore.neg())));
    expect(r.providerGross.lte(min(r.available, r.dueBefore.plus(r.accrued)))).toBe(true);
    [equity, gap, due] = [r.equityAfter, r.gapAfter, r.dueAfter];
  }
  expect([text(share.sinceSettled.equity), text(share.due)]).toEqual([text(equity), text(due)]);
  const { deposits, withdrawals } = share.sinceSettled;
  // Nothing but PnL lies between what the share knows and what the copy has.
  const pnl = money.minus(share.equity);
  expect(
    text(
      equity
        .plus(deposits)
        .minus(withdrawals)
        .plus(pnl.plus(share.equity.minus(equity).minus(deposits).plus(withdrawals))),
    ),
  ).toBe(text(money));
}

test('with all charges paid whole, it owes what it would owe had each been charged at once', () => {
  fc.assert(
    fc.property(fc.array(move, { minLength: 10, maxLength: 60 }), (moves) => {
      const [late, prompt] = [new Copy(), new Copy()];
      for (const one of moves.filter(({ kind }) => kind === 'pnl' || kind === 'deposit' || kind === 'measure')) {
        late.take(one);
        prompt.take(one);
        prompt.answer(decimal('1'));
      }
      while (late.share.pending.length > 0) late.answer(decimal('1'));
      const figures = ({ receipts, share, money }: Copy) => [
        receipts.map((r) => shown({ ...r, available: 0 })),
        share.gap,
        money,
      ];
      expect(shown(figures(late))).toEqual(shown(figures(prompt)));
    }),
    { numRuns },
  );
});
