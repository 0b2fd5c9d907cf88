import {
  chargeProofOf,
  CopyShareRow,
  MeasureRow,
  ProviderDueRow,
  ProviderEarningRow,
  receiptProofOf,
  SettlementRow,
  ShareFlowRow,
  SubscriptionChargeRow,
  upsert,
} from '@slipstream/read-model';
import type pg from 'pg';

const dayMs = 86_400_000;
/** Monday 2026-06-01, and the one after it. */
export const monday = Date.UTC(2026, 5, 1);
const nextMonday = monday + 7 * dayMs;

export const ids = { accountId: 'f1', copyId: 'f1~p~1', providerId: 'p' };

/** 1,000 put in, 100 earned, 15 % of it paid but 5; then 40 lost, 200 put in, 90 earned until now. */
export const receipt: Omit<SettlementRow, 'hash' | 'duplicates'> = {
  ...ids,
  settlementId: `f1~p~1/period-${monday}`,
  logPartition: 3,
  logOffset: 41,
  cause: 'period',
  settlementPeriod: 'weekly',
  from: monday - 3 * dayMs,
  until: monday,
  equityOpening: '1000',
  deposits: '0',
  withdrawals: '0',
  pnl: '100',
  equityBefore: '1100',
  unrealised: '30',
  gapOpening: '0',
  gapWithdrawn: '0',
  gapBefore: '-100',
  newProfit: '100',
  gapAfter: '0',
  profitShareRatio: '0.15',
  accrued: '15',
  dueBefore: '0',
  available: '10',
  providerGross: '10',
  dueAfter: '5',
  platformFeeRatio: '0.02',
  platformFee: '0.2',
  providerNet: '9.8',
  equityAfter: '1090',
  measuredAt: 77,
  chargedAt: 80,
  occurredAt: monday,
  periodNo: 0,
};

/** Since then. */
const deposit: ShareFlowRow = {
  ...{ copyId: ids.copyId, providerId: ids.providerId, periodNo: 1, logPartition: 3, logOffset: 43 },
  ...{ kind: 'deposit', amount: '200', equityBefore: '1050', gapBefore: '40', gapAfter: '40', due: '5' },
  occurredAt: monday + dayMs,
};

export const month: Omit<SubscriptionChargeRow, 'hash' | 'duplicates'> = {
  ...ids,
  chargeId: `f1~p~1/subscription/month-${monday + dayMs}`,
  logPartition: 3,
  logOffset: 44,
  price: '20',
  from: monday + dayMs,
  until: monday + 31 * dayMs,
  available: '300',
  paid: true,
  platformFeeRatio: '0.02',
  platformFee: '0.4',
  providerNet: '19.6',
  chargedAt: 90,
  occurredAt: monday + dayMs,
};

const sums = {
  settlements: 1,
  newProfit: '100',
  accrued: '15',
  providerGross: '10',
  platformFee: '0.2',
  providerNet: '9.8',
  monthsPaid: 1,
  monthsUnpaid: 0,
  subscriptionGross: '20',
  subscriptionFee: '0.4',
  subscriptionNet: '19.6',
};

const shareRow: CopyShareRow = {
  ...ids,
  ...sums,
  accountsPartition: 3,
  followerNo: 1,
  copyNo: 1,
  logOffset: 44,
  status: 'running',
  feeModel: 'profit_share',
  profitShareRatio: '0.15',
  settlementPeriod: 'weekly',
  announced: JSON.stringify({
    fees: { feeModel: 'profit_share', profitShareRatio: '0.2', subscriptionPrice: null, settlementPeriod: 'monthly' },
    effectiveFrom: nextMonday,
  }),
  startedWith: '1000',
  startedAt: monday - 3 * dayMs,
  ...{ carriedFrom: 'f1~p~0', carriedGap: '0', carriedDue: '0', startedOffset: 12, begun: 1 },
  deposited: '200',
  withdrawn: '0',
  gap: '40',
  equity: '1250',
  due: '5',
  settledAt: monday,
  retirementSettled: false,
  openingEquity: '1090',
  openingGap: '0',
  openingDeposits: '200',
  openingWithdrawals: '0',
  openingGapWithdrawn: '0',
  pending: '[]',
  lastSettlement: monday,
  subscriptionId: 'f1~p~1/subscription',
  subscriptionStatus: 'active',
  subscriptionPrice: '20',
  paidUntil: month.until,
  lastMonth: month.from,
};

const nothing = Object.fromEntries(
  Object.keys(sums).map((name) => [name, name.startsWith('m') || name === 'settlements' ? 0 : '0']),
);

/** Copies of one provider, and what they have paid. */
export async function fillSettlements(writer: pg.Pool): Promise<void> {
  const client = await writer.connect();
  await client.query(`INSERT INTO providers VALUES ('p', 0, 'P', 1000, 'profit_share', 0.15, NULL, 'public', 0, false, false,
    false, true, 2, 'active', 'futures', true, 2, 'low', 30, 0)`);
  // PnL of all time: 100 − 40 + 50 realised, 40 unrealised at the marks of the line.
  await client.query(`INSERT INTO copies (copy_id, account_id, provider_id, accounts_partition, line, status, stop_reason,
      copy_total_amt, from_order, realised_pnl, fees, returned, placed, skipped, filled, rejected, requested_at, stopped_at,
      put_in, insured, invested, started_with, growth, base) VALUES
    ('f1~p~1', 'f1', 'p', 3, 0, 'active', NULL, 1200, 1, 112, 2, NULL, 4, 1, 3, 1, 0, NULL, 1190, 0, 1200, 1000, 1, 100),
    ('f2~p~1', 'f2', 'p', 3, 0, 'active', NULL, 500, 1, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 500, 0, 500, 500, 1, 500),
    ('f3~p~1', 'f3', 'p', 3, 0, 'starting', NULL, 500, NULL, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 500, 0, 500, 500, 1, 500),
    ('f5~p~1', 'f5', 'p', 3, 0, 'refused', 'private', 500, NULL, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 500, 0, 500, 500, 1, 500),
    ('f6~p~1', 'f6', 'p', 3, 0, 'stopped', 'follower', 500, NULL, 0, 0, 500, 0, 0, 0, 0, 0, NULL, 500, 0, 500, 500, 1, 500),
    ('f4~p~1', 'f4', 'p', 3, 0, 'active', NULL, 500, 1, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 500, 0, 500, 500, 1, 500)`);
  await client.query(`INSERT INTO lines VALUES (0, ${monday + 3 * dayMs})`);
  await client.query(`INSERT INTO line_marks VALUES (0, 'BTCUSDT', 140, 1)`);
  await client.query(`INSERT INTO copied_lead_positions (copy_id, lead_position_id, instrument, position_side, target, quantity,
    cost) VALUES ('f1~p~1', 'p/BTCUSDT/long/1', 'BTCUSDT', 'long', 1, 1, 100)`);
  await upsert(client, SettlementRow, [{ ...receipt, hash: receiptProofOf(receipt), duplicates: 0 }]);
  await upsert(client, SubscriptionChargeRow, [{ ...month, hash: chargeProofOf(month), duplicates: 0 }]);
  await upsert(client, MeasureRow, [
    {
      ...{ accountsPartition: 3, logOffset: receipt.measuredAt, at: monday, cause: 'period', leftOut: 0 },
      marks: JSON.stringify([{ instrument: 'BTCUSDT', price: '130' }]),
    },
  ]);
  await upsert(client, ShareFlowRow, [deposit]);
  const stopped = { accountId: 'f2', copyId: 'f2~p~1', followerNo: 2, status: 'ended', due: '0' };
  await upsert(client, CopyShareRow, [shareRow, { ...shareRow, ...nothing, ...stopped }]);
  const of = { providerId: 'p', accountsPartition: 3 };
  const day = monday / dayMs;
  await upsert(client, ProviderEarningRow, [
    { ...of, ...sums, ...monthly('0'), day: day - 1, settlementPeriod: 'weekly', periodUntil: monday },
    { ...of, ...sums, ...shares('0'), day: day + 1, settlementPeriod: 'weekly', periodUntil: nextMonday },
  ]);
  await upsert(client, ProviderDueRow, [{ ...of, followers: 2, due: '5', asOf: monday + dayMs, logOffset: 44 }]);
  client.release();
}

const monthly = (none: '0') => ({
  monthsPaid: 0,
  subscriptionGross: none,
  subscriptionFee: none,
  subscriptionNet: none,
});
const shares = (none: '0') => ({
  ...{ settlements: 0, newProfit: none, accrued: none, providerGross: none, platformFee: none, providerNet: none },
});
