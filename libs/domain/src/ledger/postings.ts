import type { AnyRecord, CopyEnd } from '@slipstream/contracts';
import { decimal, roundAmount, text, zero } from '../money.js';

/** Money that moves from one account to another, so that it can't do anything but sum to zero. */
export interface Posting {
  /** Why it moves. */
  readonly kind:
    | 'deposit'
    | 'allocation'
    | 'funds_added'
    | 'funds_taken_out'
    | 'refusal'
    | 'fee'
    | 'realised_pnl'
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

const external = 'external';
const fees = 'fees';
const venueClearing = 'venue-clearing';
const insurance = 'insurance';
const wallet = (accountId: string): string => `wallet/${accountId}`;
const copy = (copyId: string): string => `copy/${copyId}`;

/** What an event of accounts.events moves; [] for events that move no money. */
export function postingsOf(event: AnyRecord): readonly Posting[] {
  switch (event.type) {
    case 'FundsDeposited':
      return move('deposit', external, wallet(event.accountId), event.amount, event.asset, event.occurredAt);
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
    case 'CopyStopped':
      return inCopy('return', copy(event.copyId), wallet(event.accountId), event.returned, event.occurredAt);
    default:
      return [];
  }
}

/** The fee leaves the copy; what it won comes from the venue, what it lost goes there. */
function ofEnd(end: CopyEnd): Posting[] {
  return [
    ...move('fee', copy(end.copyId), fees, end.fee, end.feeAsset, end.occurredAt),
    ...inCopy('realised_pnl', venueClearing, copy(end.copyId), end.realisedPnl, end.occurredAt),
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
  const rounded = roundAmount(decimal(amount));
  if (rounded.eq(zero)) return [];
  const [from, to] = rounded.gt(zero) ? [source, destination] : [destination, source];
  return [{ kind, source: from, destination: to, amount: text(rounded.abs()), asset, occurredAt }];
}
