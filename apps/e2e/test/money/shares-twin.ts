import type { AnyRecord, CopiesMeasured, CopyConfirmed, FeeTerms, ShareCharged } from '@slipstream/contracts';
import BigJs from 'big.js';

// The naive twin: what copies owe, worked out from what accounts said, with a value that no charge lowers and a watermark
// over it. A deposit lifts both, a withdrawal lowers the value by its amount and the distance between them by its part.
const Big = BigJs();
Big.DP = 20;
Big.RM = BigJs.roundHalfEven;
Big.NE = -40;
Big.PE = 60;
type Amount = InstanceType<typeof Big>;
const num = (value: string | number): Amount => new Big(value);
const eight = (value: Amount): Amount => value.round(8);
const dayMs = 86_400_000;

/** A settlement as its receipt must say it. */
export interface TwinReceipt {
  readonly settlementId: string;
  readonly until: number;
  readonly newProfit: string;
  readonly accrued: string;
  readonly owed: string;
  readonly charged: string;
  readonly due: string;
  readonly gap: string;
}

interface Asked {
  readonly until: number;
  readonly newProfit: Amount;
  readonly accrued: Amount;
  /** All that accrued until and with it. */
  readonly total: Amount;
  readonly gap: Amount;
}

interface Left {
  readonly gap: Amount;
  readonly equity: Amount;
  readonly due: Amount;
  readonly at: number;
}

interface Kept {
  readonly pair: string;
  value: Amount;
  watermark: Amount;
  accrued: Amount;
  charged: Amount;
  settledAt: number;
  retired: boolean;
  stopped: boolean;
  terms: FeeTerms;
  announced: { readonly fees: FeeTerms; readonly effectiveFrom: number } | null;
  readonly asked: Map<string, Asked>;
}

export class SharesTwin {
  readonly receipts = new Map<string, TwinReceipt>();
  /** Charges that weren't asked for (any more), and what they took all the same. */
  readonly strange: ShareCharged[] = [];
  private readonly copies = new Map<string, Kept>();
  private readonly left = new Map<string, Left>();

  constructor(journal: readonly AnyRecord[]) {
    for (const event of journal) this.take(event);
    expect([...this.copies.values()].flatMap(({ asked }) => [...asked.keys()])).toEqual([]);
  }

  private take(event: AnyRecord): void {
    switch (event.type) {
      case 'CopyConfirmed':
        return this.begin(event);
      case 'CopyFundsAdded':
      case 'CopyFundsTakenOut':
        return this.flow(event.copyId, num(event.amount), num(event.equityBefore), event.type === 'CopyFundsAdded');
      case 'CopyFeesAnnounced': {
        const { fees, effectiveFrom } = event;
        for (const { copyId } of event.copies) {
          const copy = this.copies.get(copyId);
          if (copy) copy.announced = { fees, effectiveFrom };
        }
        return;
      }
      case 'CopiesMeasured':
        for (const { copyId, equity } of event.copies) this.measure(copyId, num(equity), event);
        return;
      case 'ProfitShareCharged':
        for (const said of event.charges) this.charge(said);
        return;
      default:
    }
  }

  private begin({ accountId, copyId, providerId, copyTotalAmt, fees, announced, occurredAt }: CopyConfirmed): void {
    if (fees === null) return;
    const pair = `${accountId} ${providerId}`;
    const left = this.left.get(pair);
    this.left.delete(pair);
    const amount = num(copyTotalAmt);
    const holds = left && occurredAt < left.at + 90 * dayMs;
    const part = !holds ? num(0) : amount.gte(left.equity) ? left.gap : eight(left.gap.times(amount).div(left.equity));
    this.copies.set(copyId, {
      ...{ pair, value: amount, watermark: amount.plus(part), accrued: left?.due ?? num(0), charged: num(0) },
      ...{ settledAt: occurredAt, retired: false, stopped: false, terms: fees, announced, asked: new Map() },
    });
  }

  private flow(copyId: string, amount: Amount, equity: Amount, adds: boolean): void {
    const copy = this.copies.get(copyId);
    if (!copy) return;
    copy.value = equity.plus(copy.charged);
    const distance = copy.watermark.minus(copy.value);
    if (adds) {
      copy.value = copy.value.plus(amount);
      copy.watermark = copy.watermark.plus(amount);
      return;
    }
    const own = equity.minus(copy.accrued.minus(copy.charged));
    const rest = own.lte(amount) ? num(0) : own.minus(amount);
    const kept = distance.lte(0) ? distance : own.lte(0) ? num(0) : eight(distance.times(rest).div(own));
    copy.value = copy.value.minus(amount);
    copy.watermark = copy.value.plus(kept);
  }

  private measure(copyId: string, equity: Amount, { cause, at }: CopiesMeasured): void {
    const copy = this.copies.get(copyId);
    if (!copy || copy.stopped) return;
    const boundary = lastBoundary(at, copy.terms.settlementPeriod);
    if (cause === 'period' && boundary <= copy.settledAt) return;
    if (cause === 'retirement' && copy.retired) return;
    const until = cause === 'period' ? boundary : Math.max(at, copy.settledAt);
    copy.value = equity.plus(copy.charged);
    const newProfit = copy.value.gt(copy.watermark) ? copy.value.minus(copy.watermark) : num(0);
    const accrued = eight(newProfit.times(copy.terms.profitShareRatio));
    copy.watermark = copy.watermark.plus(newProfit);
    copy.accrued = copy.accrued.plus(accrued);
    const gap = copy.watermark.minus(copy.value);
    const id = cause === 'period' ? `${copyId}/period-${boundary}` : `${copyId}/${cause}`;
    const asked = { until, newProfit, accrued, total: copy.accrued, gap };
    // Nothing is asked for where nothing is owed, or under way.
    if (cause !== 'stop' && copy.asked.size === 0 && copy.accrued.eq(copy.charged))
      this.receipt(copy, id, asked, num(0));
    else copy.asked.set(id, asked);
    copy.settledAt = until;
    if (cause === 'retirement') copy.retired = true;
    if (cause === 'stop') copy.stopped = true;
    if (copy.announced && copy.announced.effectiveFrom <= until) {
      copy.terms = copy.announced.fees;
      copy.announced = null;
    }
  }

  private charge(said: ShareCharged): void {
    const copy = this.copies.get(said.copyId);
    const asked = copy?.asked.get(said.settlementId);
    if (!copy || !asked) {
      this.strange.push(said);
      return;
    }
    copy.asked.delete(said.settlementId);
    const owed = asked.total.minus(copy.charged);
    const charged = owed.lt(said.available) ? owed : num(said.available);
    expect({ owed: said.owed, charged: said.charged, due: said.due }).toEqual({
      owed: String(owed),
      charged: String(charged),
      due: String(owed.minus(charged)),
    });
    this.receipt(copy, said.settlementId, asked, charged);
    copy.charged = copy.charged.plus(charged);
    if (said.cause !== 'stop') return;
    const left = { gap: asked.gap, equity: copy.value.minus(copy.charged), due: copy.accrued.minus(copy.charged) };
    if (left.gap.gt(0) || left.due.gt(0)) this.left.set(copy.pair, { ...left, at: asked.until });
  }

  private receipt(copy: Kept, settlementId: string, asked: Asked, charged: Amount): void {
    const owed = asked.total.minus(copy.charged);
    this.receipts.set(settlementId, {
      ...{ settlementId, until: asked.until, newProfit: String(asked.newProfit), accrued: String(asked.accrued) },
      ...{ owed: String(owed), charged: String(charged), due: String(owed.minus(charged)), gap: String(asked.gap) },
    });
  }
}

/** The latest Monday or first of a month, 00:00 UTC, until a moment. */
function lastBoundary(at: number, period: FeeTerms['settlementPeriod']): number {
  const day = new Date(at - (at % dayMs));
  while (period === 'weekly' ? day.getUTCDay() !== 1 : day.getUTCDate() !== 1) day.setUTCDate(day.getUTCDate() - 1);
  return day.getTime();
}
