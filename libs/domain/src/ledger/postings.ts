import type { AnyRecord, CopyEnd, ShareCharged, SubscriptionCharged } from '@slipstream/contracts';
import { decimal, isZero, roundAmount, text, zero } from '../money.js';
import { copy, earnings, external, fees, insurance, platformRevenue, venueClearing, wallet } from './accounts.js';

/** Money that moves from one account to another, so that it can't do anything but sum to zero. */
export interface Posting {
  /** Why it moves. */
  readonly kind:
    | 'deposit'
    | 'withdrawal'
    | 'allocation'
    | 'funds_added'
    | 'funds_taken_out'
    | 'refusal'
    | 'fee'
    | 'realised_pnl'
    | 'commission'
    | 'profit_share'
    | 'subscription'
    | 'platform_fee'
    | 'insurance'
    | 'return';
  readonly source: string;
  readonly destination: string;
  /** 8 decimals, half-even, above zero. */
  readonly amount: string;
  readonly asset: string;
  readonly occurredAt: number;
}

/** Asset in which copies hold their money. */
export const ledgerAsset = 'USDT';

/**
 * What an event of accounts.events moves; [] for events that move no money. A posting's place in the list is its leg: the
 * order of what an event moves never changes, chains of hashes rest on it.
 */
export function postingsOf(event: AnyRecord): readonly Posting[] {
  switch (event.type) {
    case 'FundsDeposited':
      return move('deposit', external, wallet(event.accountId), event.amount, event.asset, event.occurredAt);
    case 'FundsWithdrawn':
      return move('withdrawal', wallet(event.accountId), external, event.amount, event.asset, event.occurredAt);
    case 'CopyRequested':
      return inCopy('allocation', wallet(event.accountId), copy(event.copyId), event.copyTotalAmt, event.occurredAt);
    case 'CopyRefused':
      return inCopy('refusal', copy(event.copyId), wallet(event.accountId), event.copyTotalAmt, event.occurredAt);
    case 'CopyFundsAdded':
      return inCopy('funds_added', wallet(event.accountId), copy(event.copyId), event.amount, event.occurredAt);
    case 'CopyFundsTakenOut':
      return inCopy('funds_taken_out', copy(event.copyId), wallet(event.accountId), event.amount, event.occurredAt);
    case 'InsuranceDrawn':
      return inCopy('insurance', insurance, copy(event.copyId), event.amount, event.occurredAt);
    case 'CopyOrdersEnded':
      return event.ends.flatMap(ofEnd);
    case 'ProfitShareCharged':
      return event.charges.flatMap(ofShare);
    case 'SubscriptionsCharged':
      return event.charges.flatMap(ofMonth);
    case 'CopyStopped':
      return inCopy('return', copy(event.copyId), wallet(event.accountId), event.returned, event.occurredAt);
    default:
      return [];
  }
}

/** The account that an event of accounts.events closes, after its postings: it is zero and stays so. */
export function accountClosedBy(event: AnyRecord): string | null {
  return event.type === 'CopyStopped' || event.type === 'CopyRefused' ? copy(event.copyId) : null;
}

/** The fee leaves the copy; what it won comes from the venue, what it lost goes there; the platform's part of a copied order. */
function ofEnd(end: CopyEnd): Posting[] {
  const from = copy(end.copyId);
  return [
    ...move('fee', from, fees, end.fee, end.feeAsset, end.occurredAt),
    ...inCopy('realised_pnl', venueClearing, from, end.realisedPnl, end.occurredAt),
    ...inCopy('commission', from, platformRevenue, end.commission, end.occurredAt),
  ];
}

/** providerNet + platformFee = charged, as the account said it; a charge that nothing was there for moves nothing. */
function ofShare({ copyId, providerId, providerNet, platformFee, occurredAt }: ShareCharged): Posting[] {
  return [
    ...inCopy('profit_share', copy(copyId), earnings(providerId), providerNet, occurredAt),
    ...inCopy('platform_fee', copy(copyId), platformRevenue, platformFee, occurredAt),
  ];
}

/** A month that is paid comes from the wallet: it isn't the copy's money. */
function ofMonth(charge: SubscriptionCharged): Posting[] {
  if (!charge.paid) return [];
  const { accountId, providerId, providerNet, platformFee, occurredAt } = charge;
  return [
    ...inCopy('subscription', wallet(accountId), earnings(providerId), providerNet, occurredAt),
    ...inCopy('platform_fee', wallet(accountId), platformRevenue, platformFee, occurredAt),
  ];
}

const inCopy = (kind: Posting['kind'], source: string, destination: string, amount: string, occurredAt: number) =>
  move(kind, source, destination, amount, ledgerAsset, occurredAt);

/** One posting, the other way round for a negative amount (a rebate, a loss), none for zero. */
function move(
  kind: Posting['kind'],
  source: string,
  destination: string,
  amount: string,
  asset: string,
  occurredAt: number,
): Posting[] {
  if (amount === '0') return [];
  const rounded = roundAmount(decimal(amount));
  if (isZero(rounded)) return [];
  const [from, to] = rounded.gt(zero) ? [source, destination] : [destination, source];
  return [{ kind, source: from, destination: to, amount: text(rounded.abs()), asset, occurredAt }];
}
