// Receipts against what accounts.events tells of the money of their copies.
import type {
  CopyConfirmed,
  SettlementReceipt,
  ShareCharged,
  SubscriptionCharged,
  SubscriptionReceipt,
} from '@slipstream/contracts';
import type { JournalRecord } from '@slipstream/streams';
import { num, said, zero, type Num } from './naive-numbers.ts';
import { NaiveShares, type NaiveSettlement } from './naive-shares.ts';
import type { Journaled } from './receipt-places.ts';
import type { Journals } from './receipts.ts';

/**
 * Everything in which the receipts of a provider aren't what a plain twin makes of accounts.events: figures and log positions, fees
 * that weren't those charged, what copies began with, and settlements without a receipt.
 */
export function wrongSources(told: Journaled, journals: Journals, providerId: string): string[] {
  const wrong: string[] = [];
  const settled = new Map<string, NaiveSettlement>();
  const starts = new Map([...told.starts].map(([copyId, { event }]) => [copyId, event]));
  const accounts = Map.groupBy(journals.accounts, ({ partition }) => partition);
  for (const [partition, records] of accounts) {
    const answered = lastCause(journals.settlements, partition);
    const naive = new NaiveShares(starts);
    for (const record of records) {
      const { event } = record;
      if (event.type === 'CopyConfirmed') {
        if (event.providerId !== providerId) continue;
        wrong.push(...wrongStart(event, told, naive));
      }
      naive.take(record);
    }
    const own = naive.settlements.filter((one) => one.providerId === providerId);
    for (const one of own) settled.set(one.settlementId, one);
    wrong.push(...own.flatMap((one) => missing(one, told, answered)));
  }
  const { charges, months } = chargesOf(journals.accounts);
  for (const { receipt } of told.settlements.values()) {
    const one = settled.get(receipt.settlementId);
    if (one === undefined) wrong.push(`${receipt.settlementId}: accounts.events tells of no measure it could rest on`);
    else wrong.push(...wrongFigures(receipt, one), ...wrongFees(receipt, one.partition, charges));
  }
  for (const { receipt, partition } of told.months.values()) wrong.push(...wrongCharge(receipt, partition, months));
  return wrong;
}

/** The last record of accounts.events that was answered; of those before it everything is told. */
const lastCause = (settlements: readonly JournalRecord[], of: number): number =>
  settlements.reduce((last, { partition, cause }) => (partition === of ? Math.max(last, cause) : last), -1);

/** A settlement that should have been told of by now. */
function missing(one: NaiveSettlement, told: Journaled, answered: number): string[] {
  const { settlementId, partition, measuredAt, chargedAt } = one;
  if (told.settlements.has(settlementId)) return [];
  const where = `measured at offset ${measuredAt} of accounts.events/${partition}`;
  if (measuredAt < answered && chargedAt === null) return [`${settlementId}: ${where}, and has no receipt`];
  if (typeof chargedAt === 'number' && chargedAt < answered)
    return [`${settlementId}: ${where}, charged at ${chargedAt}, and has no receipt`];
  if (measuredAt < answered && !told.asked.has(settlementId))
    return [`${settlementId}: ${where}, has no receipt and was never asked for`];
  return [];
}

function wrongFigures(receipt: SettlementReceipt, one: NaiveSettlement): string[] {
  const { settlementId, cause, from, until, measuredAt, unrealised } = one;
  const figures = Object.entries(one.figures).flatMap(([name, value]) => {
    const told = num(String(receipt[name as keyof SettlementReceipt]));
    return told.eq(value)
      ? []
      : [`${settlementId}.${name}: ${said(told)} in the receipt, ${said(value)} by accounts.events`];
  });
  const chargedAt = one.chargedAt ?? null;
  const same = {
    ...{ cause, from, until, measuredAt, chargedAt },
    // A service of an earlier version doesn't tell it.
    unrealised: receipt.unrealised === null ? null : unrealised,
  };
  const rest = Object.entries(same).flatMap(([name, value]) => {
    const told = receipt[name as keyof typeof same];
    return told === value ? [] : [`${settlementId}.${name}: ${told} in the receipt, ${value} by accounts.events`];
  });
  return [...figures, ...rest];
}

/** What was charged, by place and id. */
function chargesOf(accounts: readonly JournalRecord[]) {
  const charges = new Map<string, ShareCharged>();
  const months = new Map<string, SubscriptionCharged>();
  for (const { event, partition, offset } of accounts) {
    if (event.type === 'ProfitShareCharged')
      for (const one of event.charges) charges.set(`${partition}/${offset}/${one.settlementId}`, one);
    if (event.type === 'SubscriptionsCharged')
      for (const one of event.charges) months.set(`${partition}/${offset}/${one.chargeId}`, one);
  }
  return { charges, months };
}

/** A month that isn't what was charged for it. */
function wrongCharge(
  receipt: SubscriptionReceipt,
  partition: number,
  months: ReadonlyMap<string, SubscriptionCharged>,
): string[] {
  const { chargeId, chargedAt } = receipt;
  const charged = months.get(`${partition}/${chargedAt}/${chargeId}`);
  if (charged === undefined) return [`month ${chargeId}: nothing is charged for it at offset ${chargedAt}`];
  return monthFields
    .filter((name) => receipt[name] !== charged[name])
    .map((name) => `month ${chargeId}.${name}: ${receipt[name]} in the receipt, ${charged[name]} was charged`);
}

const monthFields = ['price', 'from', 'until', 'available', 'paid', 'platformFee', 'providerNet'] as const;

/** Parts of a payment that aren't those that the accounts made of it. */
function wrongFees(
  receipt: SettlementReceipt,
  partition: number,
  charges: ReadonlyMap<string, ShareCharged>,
): string[] {
  const { settlementId, chargedAt } = receipt;
  if (chargedAt === null) return [];
  const charged = charges.get(`${partition}/${chargedAt}/${settlementId}`);
  if (charged === undefined) return [`${settlementId}: nothing is charged for it at offset ${chargedAt}`];
  const parts = [
    ['platformFee', charged.platformFee],
    ['providerNet', charged.providerNet],
  ] as const;
  return parts
    .filter(([name, value]) => !num(receipt[name]).eq(value))
    .map(([name, value]) => `${settlementId}.${name}: ${receipt[name]} in the receipt, ${value} was charged`);
}

/** A copy that doesn't begin with what it was confirmed with, or goes on with something else than the one before it has left. */
function wrongStart(confirmed: CopyConfirmed, told: Journaled, naive: NaiveShares): string[] {
  const { copyId, copyTotalAmt } = confirmed;
  const start = told.starts.get(copyId)?.event;
  if (start === undefined || naive.shares.has(copyId)) return [];
  const wrong: string[] = [];
  const expect = (name: string, shown: string, ...allowed: readonly Num[]): void => {
    if (!allowed.some((one) => one.eq(shown)))
      wrong.push(`start of ${copyId}.${name}: ${shown} told, ${allowed.map(said).join(' or ')} by accounts.events`);
  };
  const left = naive.leftBy(confirmed);
  if ((left?.copyId ?? null) !== start.carriedFrom)
    wrong.push(
      `start of ${copyId}: goes on with ${start.carriedFrom}, by accounts.events with ${left?.copyId ?? null}`,
    );
  const amount = num(copyTotalAmt);
  const { gap, equity, due } = left?.share ?? { gap: zero, equity: zero, due: zero };
  const part = amount.gte(equity) ? gap : gap.times(amount).div(equity).round(8, 2);
  expect('amount', start.amount, amount);
  // After some days, as the policy says, there is no gap any more.
  expect('gap', start.gap, part, zero);
  expect('due', start.due, due);
  return wrong;
}
