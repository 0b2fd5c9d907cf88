import { partitionCount, partitionOf, type AnnouncedFees, type FeeTerms } from '@slipstream/contracts';
import {
  decimal,
  reviveCarriedGap,
  reviveCopyShare,
  reviveSubscription,
  type CarriedGap,
  type CopyShare,
  type Decimal,
  type Subscription,
} from '@slipstream/domain';
import type { Store } from '@slipstream/streams';
import { DueMonths } from './due-months.js';

/** What was asked of a copy and isn't answered yet. */
export interface Asked {
  /** Offset of CopiesMeasured in the journal of accounts. */
  readonly measuredAt: number;
  /** Part of the equity it was measured with. */
  readonly unrealised: string | null;
  readonly platformFeeRatio: Decimal;
}

/** The profit share of one copy that runs. */
export interface Shared {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly feeModel: FeeTerms['feeModel'];
  readonly announced: AnnouncedFees | null;
  readonly share: CopyShare;
  /** By settlement id. */
  readonly asked: Readonly<Record<string, Asked>>;
}

/** What outlasts a copy: for the next one of the same follower and provider. */
export interface Pair {
  readonly accountId: string;
  readonly providerId: string;
  readonly carried: CarriedGap | null;
  readonly subscription: Subscription | null;
  /** The copy that has the subscription. */
  readonly copyId: string;
  /** Months that are asked for and not answered. */
  readonly monthsAsked: readonly MonthAsked[];
}

/** The ratio that the account was asked with; null for one that was asked before it was kept. */
interface MonthAsked {
  readonly chargeId: string;
  readonly platformFeeRatio: string | null;
}

type Ids = Pick<Pair, 'accountId' | 'providerId'>;
const shareKey = (copyId: string): string => `share/${copyId}`;
const pairKey = ({ accountId, providerId }: Ids): string => `pair/${accountId}/${providerId}`;

/** Profit shares and subscriptions of the accounts of one partition. */
export class Shares {
  /** Pairs whose next month is to be asked for, by line of the provider: a minute's tick looks at those that are due. */
  private readonly due = new Map<number, DueMonths>();

  constructor(private readonly store: Store) {
    for (const [id, value] of store.entries()) if (id.startsWith('pair/')) this.index(id, undefined, value as Pair);
  }

  share(copyId: string): Shared | undefined {
    return this.store.get<Shared>(shareKey(copyId));
  }
  setShare(shared: Shared): void {
    this.store.set(shareKey(shared.copyId), shared);
  }
  endShare(copyId: string): void {
    this.store.delete(shareKey(copyId));
  }

  pair(ids: Ids): Pair {
    const { accountId, providerId } = ids;
    const none = { carried: null, subscription: null, copyId: '', monthsAsked: [] };
    return this.store.get<Pair>(pairKey(ids)) ?? { accountId, providerId, ...none };
  }
  /** Forgets a pair that has nothing more to say. */
  setPair(pair: Pair): void {
    const key = pairKey(pair);
    this.index(key, this.store.get<Pair>(key), pair);
    if (pair.carried === null && pair.subscription === null) this.store.delete(key);
    else this.store.set(key, pair);
  }

  /** Pairs of a line whose paid month is over, and the next not asked for yet; in a fixed order. */
  dueOn(line: number, at: number): Pair[] {
    return (this.due.get(line)?.until(at) ?? []).flatMap((key) => this.store.get<Pair>(key) ?? []);
  }

  private index(key: string, before: Pair | undefined, { providerId, ...after }: Pair): void {
    const [left, comes] = [before && nextMonth(before), nextMonth(after)];
    if (left === comes) return;
    const line = partitionOf(providerId, partitionCount);
    const due = this.due.get(line) ?? new DueMonths();
    this.due.set(line, due);
    if (left !== undefined && left !== null) due.delete(left, key);
    if (comes !== null) due.add(comes, key);
  }
}

/** Moment at which the next month is to be asked for; null where none is: it is asked for, or the subscription is over. */
const nextMonth = ({ subscription, monthsAsked }: Pick<Pair, 'subscription' | 'monthsAsked'>): number | null =>
  subscription?.status === 'active' && monthsAsked.length === 0 ? subscription.paidUntil : null;

/** Aggregates as they were saved, made usable again. */
export function revive(id: string, json: unknown): object {
  if (id.startsWith('share/')) {
    const saved = json as Shared;
    const asked = Object.entries(saved.asked).map(([settlementId, one]) => [
      settlementId,
      { ...one, platformFeeRatio: decimal(one.platformFeeRatio as unknown as string) },
    ]);
    return { ...saved, share: reviveCopyShare(saved.share), asked: Object.fromEntries(asked) as Shared['asked'] };
  }
  const saved = json as Pair;
  const months = saved.monthsAsked as readonly (MonthAsked | string)[];
  return {
    ...saved,
    monthsAsked: months.map((one) => (typeof one === 'string' ? { chargeId: one, platformFeeRatio: null } : one)),
    carried: saved.carried && reviveCarriedGap(saved.carried),
    subscription: saved.subscription && reviveSubscription(saved.subscription),
  };
}
