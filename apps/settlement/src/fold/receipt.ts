import type { SettlementReceipt as Receipt } from '@slipstream/contracts';
import { text, type SettlementReceipt } from '@slipstream/domain';

type Ids = Pick<Receipt, 'accountId' | 'copyId' | 'providerId'>;

/** A receipt as it is journaled: everything needed to work it out by hand, and where it comes from. */
export function receiptOf(
  { accountId, copyId, providerId }: Ids,
  receipt: SettlementReceipt,
  told: Pick<Receipt, 'unrealised' | 'measuredAt' | 'chargedAt'>,
): Receipt {
  return {
    ...{ settlementId: receipt.settlementId, accountId, copyId, providerId, cause: receipt.cause },
    ...{ from: receipt.from, until: receipt.until },
    equityOpening: text(receipt.equityOpening),
    deposits: text(receipt.deposits),
    withdrawals: text(receipt.withdrawals),
    pnl: text(receipt.pnl),
    equityBefore: text(receipt.equityBefore),
    gapOpening: text(receipt.gapOpening),
    gapWithdrawn: text(receipt.gapWithdrawn),
    gapBefore: text(receipt.gapBefore),
    newProfit: text(receipt.newProfit),
    gapAfter: text(receipt.gapAfter),
    profitShareRatio: text(receipt.profitShareRatio),
    accrued: text(receipt.accrued),
    dueBefore: text(receipt.dueBefore),
    available: text(receipt.available),
    providerGross: text(receipt.providerGross),
    dueAfter: text(receipt.dueAfter),
    platformFeeRatio: text(receipt.platformFeeRatio),
    platformFee: text(receipt.platformFee),
    providerNet: text(receipt.providerNet),
    equityAfter: text(receipt.equityAfter),
    ...told,
    occurredAt: receipt.until,
  };
}
