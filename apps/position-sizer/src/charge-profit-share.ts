import type {
  AccountSuspended,
  ChargeProfitShare,
  CopyStopped,
  ProfitShareCharged,
  ShareCharge,
  ShareCharged,
} from '@slipstream/contracts';
import {
  copyEquity,
  copyStopped,
  decimal,
  min,
  payableBy,
  splitEarnings,
  text,
  wasCharged,
  withCharge,
  type Copy,
  type Instruments,
} from '@slipstream/domain';
import type { Rules } from './rules.js';
import type { Accounts, CopyEntry } from './state.js';

/**
 * Copies pay what they owe their providers, as much as is available; the rest stays due. Each charge is answered, also where
 * there is no such copy any more, it was charged before, or the decision fails: settlement waits for it. A copy that was
 * measured at its stop has stopped with it.
 */
export function chargeProfitShare(
  state: Accounts,
  command: ChargeProfitShare,
  { instruments }: Rules,
): (ProfitShareCharged | CopyStopped | AccountSuspended)[] {
  const charges: ShareCharged[] = [];
  const following: (CopyStopped | AccountSuspended)[] = [];
  const after = new Map<CopyEntry, Copy>();
  for (const charge of command.charges) {
    const entry = state.entry(charge.copyId);
    const copy = entry && (after.get(entry) ?? entry.copy);
    if (!entry || !copy || !canBeCharged(copy, charge)) {
      charges.push(unpaid(charge));
      continue;
    }
    try {
      const said = charged(state, entry, copy, charge, instruments);
      const next = withCharge(entry.terms, copy, amountsOf(said));
      charges.push(said);
      after.set(entry, next);
      if (charge.cause === 'stop' && copy.fees?.settling) following.push(copyStopped(entry.terms, next, charge.at));
    } catch (error) {
      const { accountId } = entry.terms;
      // What can't be read must not be held back either.
      charges.push({ ...unpaid(charge), due: '0' });
      following.push({ type: 'AccountSuspended', accountId, command: command.type, detail: String(error) });
      // It isn't asked for again: what the copy has goes back all the same.
      if (charge.cause === 'stop' && copy.fees?.settling) following.push(copyStopped(entry.terms, copy, charge.at));
    }
  }
  return [{ type: 'ProfitShareCharged', charges }, ...following];
}

/** It has terms, isn't over, and wasn't charged for this before. */
const canBeCharged = (copy: Copy, charge: ShareCharge | ShareCharged): boolean =>
  copy.fees !== null && copy.status !== 'stopped' && !wasCharged(copy, charge);

function charged(
  state: Accounts,
  { line }: CopyEntry,
  copy: Copy,
  charge: ShareCharge,
  instruments: Instruments,
): ShareCharged {
  const equity = copyEquity(copy, state.markOf(line), instruments);
  const available = payableBy(copy, equity);
  const owed = decimal(charge.owed);
  const paid = min(owed, available);
  const { platformFee, providerNet } = splitEarnings(paid, decimal(charge.platformFeeRatio));
  return {
    ...answered(charge),
    available: text(available),
    charged: text(paid),
    platformFee: text(platformFee),
    providerNet: text(providerNet),
    due: text(owed.minus(paid)),
    equityBefore: text(equity),
  };
}

const unpaid = (charge: ShareCharge): ShareCharged => ({
  ...answered(charge),
  ...{ available: '0', charged: '0', platformFee: '0', providerNet: '0', due: charge.owed, equityBefore: '0' },
});

const answered = ({ accountId, copyId, providerId, settlementId, cause, at, owed }: ShareCharge) => ({
  ...{ accountId, copyId, providerId, settlementId, cause, at, owed },
  occurredAt: at,
});

const amountsOf = ({ settlementId, at, ...said }: ShareCharged) => ({
  settlementId,
  at,
  charged: decimal(said.charged),
  due: decimal(said.due),
  equityBefore: decimal(said.equityBefore),
});

export function profitShareCharged(state: Accounts, event: ProfitShareCharged): void {
  for (const said of event.charges) {
    const entry = state.entry(said.copyId);
    if (entry && canBeCharged(entry.copy, said))
      state.setCopy(entry, withCharge(entry.terms, entry.copy, amountsOf(said)));
  }
}
