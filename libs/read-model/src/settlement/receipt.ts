import type { Mark } from '@slipstream/contracts';
import { decimal, text } from '@slipstream/domain';
import { SettlementRow } from '../entities/settlement.js';
import { plain } from '../report.js';
import { rowOf } from '../rows.js';
import type { ShownFlows } from './flows.js';
import { inAccounts, inSettlements, type LogPlace } from './log-place.js';
import { hashedReceipt } from './receipt-proof.js';
import { rounding, stepsOf, type ReceiptInputs, type ReceiptStep } from './steps.js';

/** A settlement in a list. */
export interface ShownSettlement {
  readonly kind: 'profit_share';
  readonly settlementId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** period, stop or retirement. */
  readonly cause: string;
  readonly settlementPeriod: string;
  readonly from: string;
  readonly until: string;
  readonly profitShareRatio: string;
  readonly equityBefore: string;
  readonly equityAfter: string;
  readonly gapBefore: string;
  readonly gapAfter: string;
  readonly newProfit: string;
  readonly accrued: string;
  readonly dueBefore: string;
  /** What the follower paid. */
  readonly providerGross: string;
  readonly dueAfter: string;
  readonly platformFee: string;
  readonly providerNet: string;
}

/** A settlement with all that is needed to work it out by hand. */
export interface Receipt extends ShownFlows {
  readonly kind: 'profit_share';
  readonly settlementId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly cause: string;
  readonly settlementPeriod: string;
  readonly from: string;
  readonly until: string;
  readonly occurredAt: string;
  readonly inputs: ReceiptInputs;
  readonly steps: readonly ReceiptStep[];
  /** `round` in the steps. */
  readonly rounding: string;
  /** By which the record that measured it valued its copies; null: it told none, or isn't read yet. */
  readonly marks: readonly Mark[] | null;
  /** Marks of that record that aren't kept. */
  readonly marksLeftOut: number;
  /** What the copy began with of an earlier one's; null: nothing, or it isn't the first receipt. */
  readonly carried: Carried | null;
  readonly proof: {
    readonly receipt: LogPlace;
    /** CopiesMeasured: equity at the marks of the moment. */
    readonly measure: LogPlace;
    /** ProfitShareCharged; null: nothing was owed. */
    readonly charge: LogPlace | null;
    /** SHA-256 of `hashed`. */
    readonly hash: string;
    readonly hashed: string;
  };
}

/** What a copy goes on with: gap and rest due of an earlier one of the same follower and provider. */
export interface Carried {
  readonly fromCopyId: string;
  /** The earlier gapAfter × min(1, amount ÷ earlier equityAfter), rounded; 0 once it has expired. */
  readonly gap: string;
  readonly due: string;
  /** What the copy began with. */
  readonly amount: string;
  /** CopyShareStarted. */
  readonly logPosition: LogPlace | null;
}

type Raw = Readonly<Record<string, unknown>>;
const time = (ms: number): string => new Date(ms).toISOString();

const inputNames = [
  ...(['equityOpening', 'deposits', 'withdrawals', 'gapOpening', 'profitShareRatio', 'dueBefore'] as const),
  ...(['available', 'platformFeeRatio'] as const),
];
const resultNames = [
  ...(['equityBefore', 'pnl', 'gapWithdrawn', 'gapBefore', 'newProfit', 'gapAfter', 'accrued'] as const),
  ...(['providerGross', 'dueAfter', 'platformFee', 'providerNet', 'equityAfter'] as const),
];

/** Some figures of a row in plain notation. */
export const figures = <K extends string>(row: Readonly<Record<K, string>>, names: readonly K[]): Record<K, string> =>
  Object.fromEntries(names.map((name) => [name, plain(row[name])])) as Record<K, string>;

/** A row of settlements, as pg gives it, in a list. */
export function shownSettlement(raw: Raw): ShownSettlement {
  const row = rowOf(SettlementRow, raw);
  const { settlementId, copyId, providerId, cause, settlementPeriod, from, until } = row;
  const { profitShareRatio, equityBefore, equityAfter, gapBefore, gapAfter, newProfit, accrued, ...rest } = figures(
    row,
    [...inputNames, ...resultNames],
  );
  const { dueBefore, providerGross, dueAfter, platformFee, providerNet } = rest;
  return {
    ...{ kind: 'profit_share', settlementId, copyId, providerId, cause, settlementPeriod },
    ...{ from: time(from), until: time(until) },
    ...{ profitShareRatio, equityBefore, equityAfter, gapBefore, gapAfter, newProfit, accrued },
    ...{ dueBefore, providerGross, dueAfter, platformFee, providerNet },
  };
}

/** The parts of an equity: what isn't unrealised is cash. */
export const partsOf = (equity: string, unrealised: string | null) =>
  unrealised === null
    ? { cash: null, unrealised: null }
    : { cash: text(decimal(plain(equity)).minus(decimal(plain(unrealised)))), unrealised: plain(unrealised) };

/**
 * A row of settlements with all that is known of it.
 * @param raw with the row's measure and the start of its copy, see `readReceipt`
 */
export function receiptOf(raw: Raw, { flows, flowsLeftOut }: ShownFlows): Receipt {
  const row = rowOf(SettlementRow, raw);
  const { settlementId, accountId, copyId, providerId, cause, settlementPeriod, from, until, occurredAt } = row;
  const { logPartition: partition, logOffset, measuredAt, chargedAt, hash } = row;
  const inputs = { ...partsOf(row.equityBefore, row.unrealised), ...figures(row, inputNames) };
  const marks = typeof raw['marks'] === 'string' && row.unrealised !== null ? raw['marks'] : null;
  const gaps = { shown: flows, leftOut: flowsLeftOut };
  return {
    ...{ kind: 'profit_share', settlementId, accountId, copyId, providerId, cause, settlementPeriod },
    ...{ from: time(from), until: time(until), occurredAt: time(occurredAt) },
    inputs,
    steps: stepsOf({ ...inputs, ...figures(row, resultNames) }, gaps),
    rounding,
    marks: marks === null ? null : (JSON.parse(marks) as Mark[]),
    marksLeftOut: Number(raw['left_out'] ?? 0),
    ...{ flows, flowsLeftOut },
    carried: row.periodNo === 0 ? carriedOf(raw, partition) : null,
    proof: {
      receipt: inSettlements(partition, logOffset),
      measure: inAccounts(partition, measuredAt),
      charge: chargedAt === null ? null : inAccounts(partition, chargedAt),
      hash,
      hashed: hashedReceipt(row),
    },
  };
}

function carriedOf(raw: Raw, partition: number): Carried | null {
  const fromCopyId = raw['carried_from'];
  if (typeof fromCopyId !== 'string') return null;
  const started = raw['started_offset'];
  return {
    fromCopyId,
    gap: plain(String(raw['carried_gap'])),
    due: plain(String(raw['carried_due'])),
    amount: plain(String(raw['started_with'])),
    logPosition: typeof started === 'string' ? inSettlements(partition, Number(started)) : null,
  };
}
