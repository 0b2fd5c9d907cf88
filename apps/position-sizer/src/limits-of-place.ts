import { jurisdictionOf, text, type CopyTerms, type Policy } from '@slipstream/domain';
import type { Accounts } from './state.js';

interface Refused {
  readonly reason: 'amount_out_of_range' | 'jurisdiction_blocked';
  readonly detail: string;
}

/**
 * Whether a copy may be worth so much: the platform's limits, then those of the follower's country for one copy and for
 * all copies of the account; null when it may.
 * @param copy with the money it is to have
 * @param added money that isn't in any copy of the account yet
 */
export function totalRefusal(
  state: Accounts,
  policy: Policy,
  copy: Pick<CopyTerms, 'accountId' | 'country' | 'copyTotalAmt'>,
  added = copy.copyTotalAmt,
): Refused | null {
  const { copyAmountMin, copyAmountMax } = policy;
  const { copyTotalAmt, country } = copy;
  if (copyTotalAmt.lt(copyAmountMin) || copyTotalAmt.gt(copyAmountMax)) {
    const detail = `A copy is worth ${text(copyAmountMin)} to ${text(copyAmountMax)} USDT.`;
    return { reason: 'amount_out_of_range', detail };
  }
  const { maxPerCopy, maxTotal } = jurisdictionOf(policy, country);
  const place = country === '' ? 'where the account is' : `in ${country}`;
  if (maxPerCopy && copyTotalAmt.gt(maxPerCopy))
    return { reason: 'jurisdiction_blocked', detail: `A copy is worth at most ${text(maxPerCopy)} USDT ${place}.` };
  if (!maxTotal) return null;
  let total = added;
  for (const entry of state.copiesOf(copy.accountId))
    if (entry.copy.status !== 'stopped') total = total.plus(entry.terms.copyTotalAmt);
  if (total.lte(maxTotal)) return null;
  return { reason: 'jurisdiction_blocked', detail: `All copies are worth at most ${text(maxTotal)} USDT ${place}.` };
}
