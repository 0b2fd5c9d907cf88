import {
  decimal,
  nextPeriodStart,
  settle,
  startShare,
  text,
  withDeposit,
  withPnl,
  withWithdrawal,
  type CopyShare,
  type Decimal,
  type SettlementPeriod,
  type SettlementReceipt,
} from '../src/index.js';

export const dayMs = 86_400_000;
export const weekMs = 7 * dayMs;
/** Monday 2026-06-01 00:00 UTC, the first of a month too. */
export const monday = Date.UTC(2026, 5, 1);
export const platformFeeRatio = decimal('0.02');

/** A copy of 1,000 (or another amount) that starts on a Monday with a profit share of 10 % (or another). */
export const started = (
  with_: { readonly amount?: string; readonly ratio?: string; readonly period?: SettlementPeriod; at?: number } = {},
): CopyShare =>
  startShare({
    copyId: 'a~p~1',
    amount: decimal(with_.amount ?? '1000'),
    at: with_.at ?? monday,
    terms: { profitShareRatio: decimal(with_.ratio ?? '0.1'), settlementPeriod: with_.period ?? 'weekly' },
  });

/** What happens to a copy, as a word and an amount; `settle` may say what is available (else all the equity). */
export type Step = readonly ['pnl' | 'deposit' | 'withdraw', string] | readonly ['settle', string?];

export interface Walked {
  readonly share: CopyShare;
  readonly receipts: readonly SettlementReceipt[];
}

/** The share after steps, each settlement at the next boundary. */
export function walk(from: CopyShare, steps: readonly Step[]): Walked {
  let share = from;
  const receipts: SettlementReceipt[] = [];
  for (const [kind, amount] of steps) {
    if (kind === 'pnl') share = withPnl(share, decimal(amount));
    else if (kind === 'deposit') share = withDeposit(share, decimal(amount), share.equity);
    else if (kind === 'withdraw') share = withWithdrawal(share, decimal(amount), share.equity);
    else {
      const settled = atBoundary(share, amount === undefined ? share.equity : decimal(amount));
      share = settled.share;
      receipts.push(settled.receipt);
    }
  }
  return { share, receipts };
}

/** Settled at its next boundary. */
export function atBoundary(share: CopyShare, available: Decimal = share.equity) {
  const boundary = nextPeriodStart(share.settledAt, share.terms.settlementPeriod);
  return settle(share, { kind: 'period', boundary }, { equity: share.equity, available, platformFeeRatio })!;
}

/** Values with their decimals as text. */
export const shown = <T>(value: T): unknown => JSON.parse(JSON.stringify(value)) as unknown;
export const texts = (values: readonly Decimal[]): string[] => values.map(text);
