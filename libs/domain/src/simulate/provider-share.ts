import type { FeeTerms } from '@slipstream/contracts';
import { payableBy, withCharge } from '../copy/charge-fees.js';
import type { Copy } from '../copy/copy.js';
import type { CopyTerms } from '../copy/terms.js';
import { decimal, min, type Decimal } from '../money.js';
import { accrue } from '../settlement/accrue.js';
import { boundaryDue } from '../settlement/boundary.js';
import { charge, type SettlementReceipt } from '../settlement/charge.js';
import { startShare, type CopyShare } from '../settlement/copy-share.js';
import { owedOf } from '../settlement/pending.js';

/** What the provider takes of a copy that might have been, and when the copy began. */
export interface SimulatedFees {
  readonly providerId: string;
  readonly terms: Pick<FeeTerms, 'profitShareRatio' | 'settlementPeriod'>;
  /** ms */
  readonly startedAt: number;
}

/** The profit share of a simulated copy: what it owes is asked for and paid at the very moment. */
export class ProviderShare {
  readonly receipts: SettlementReceipt[] = [];
  private share: CopyShare;

  constructor(
    { terms, startedAt }: SimulatedFees,
    copy: { readonly copyId: string; readonly amount: Decimal },
    private readonly platformFeeRatio: Decimal,
  ) {
    const { profitShareRatio, settlementPeriod } = terms;
    const shared = { profitShareRatio: decimal(profitShareRatio), settlementPeriod };
    this.share = startShare({ ...copy, at: startedAt, terms: shared });
  }

  /**
   * The copy after it was settled and has paid; the copy itself where nothing is to settle.
   * @param measured copy equity at the moment that is settled
   * @param equity copy equity when it pays
   */
  settle(
    terms: CopyTerms,
    copy: Copy,
    { kind, at }: { readonly kind: 'period' | 'stop'; readonly at: number },
    measured: Decimal,
    equity: Decimal,
  ): Copy {
    const boundary = kind === 'period' ? boundaryDue(this.share, at) : at;
    if (boundary === null) return copy;
    const begun = accrue(this.share, kind === 'period' ? { kind, boundary } : { kind, at }, measured);
    if (!begun) return copy;
    const { settlementId, until } = begun.pending;
    const available = payableBy(copy, equity);
    const charged = min(owedOf(begun.pending), available);
    const payment = { available, charged, platformFeeRatio: this.platformFeeRatio };
    const settled = charge(begun.share, settlementId, payment);
    if (!settled) return copy;
    this.share = settled.share;
    this.receipts.push(settled.receipt);
    const { dueAfter: due } = settled.receipt;
    return withCharge(terms, copy, { settlementId, at: until, charged, due, equityBefore: equity });
  }
}
