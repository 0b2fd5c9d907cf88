import { decimal, nextPeriodStart, previewSettlement, roundAmount, text, type Decimal } from '@slipstream/domain';
import type { Pool } from 'pg';
import { CopyShareRow } from '../entities/settlement.js';
import { plain } from '../report.js';
import { rowOf } from '../rows.js';
import { announcedOf, pendingOf, shareOf } from './share-of.js';
import { rounding, stepsOf, type GapFlows, type ReceiptStep } from './steps.js';
import { readFlows } from './flows.js';
import { partsOf } from './receipt.js';

/** What a settlement at this moment would come to. Money as decimal text. */
export interface SettlementPreview {
  readonly copyId: string;
  readonly providerId: string;
  /** Market time of the marks it is worked out at; null: the line has had no tick yet. */
  readonly asOf: string | null;
  /** Why there is nothing to settle; null: there is. */
  readonly nothing: 'no_fees' | 'not_started' | 'refused' | 'stopping' | 'ended' | null;
  /** Why the copy was refused; null: it wasn't. */
  readonly refusedFor: string | null;
  readonly terms: ShownTerms | null;
  readonly announced: (ShownTerms & { readonly effectiveFrom: string }) | null;
  /** Of the month that runs; null: the copy has no subscription. */
  readonly subscription: {
    readonly status: string;
    readonly price: string;
    readonly paidUntil: string;
  } | null;
  readonly lastSettlement: string | null;
  /** End of the period that runs. */
  readonly nextBoundary: string | null;
  /** What earlier settlements have left due, and what is asked for at the moment. */
  readonly due: string;
  readonly asked: readonly { readonly settlementId: string; readonly until: string; readonly owed: string }[];
  readonly settlement: PreviewFigures | null;
  /** `round` in the steps. */
  readonly rounding: string;
}

export interface ShownTerms {
  readonly feeModel: string;
  readonly profitShareRatio: string;
  readonly settlementPeriod: string;
  readonly subscriptionPrice?: string | null;
}

/** If the period ended now. What is available is known only then: it is taken to be enough. */
export interface PreviewFigures {
  readonly from: string;
  readonly until: string;
  readonly equity: string;
  /** Parts of the equity. */
  readonly cash: string | null;
  readonly unrealised: string | null;
  readonly gap: string;
  readonly newProfit: string;
  readonly accrued: string;
  /** Due before + accrued: the most that would be charged, and its parts. */
  readonly owed: string;
  readonly platformFeeAtMost: string;
  readonly providerNetAtMost: string;
  readonly steps: readonly ReceiptStep[];
}

// PnL as the copy's row has it. Flows and charges come from the share, so that it doesn't matter which of the two journals was
// read further.
const statement = `
  SELECT s.*, c.copy_id AS id, c.provider_id AS provider, c.status AS copy_status, c.stop_reason, c.from_order, l.watermark,
         c.realised_pnl - c.fees + c.insured AS realised,
         coalesce((SELECT sum(p.quantity * m.price * m.contract_size - p.cost)
             FROM copied_lead_positions p
             JOIN line_marks m ON m.line = c.line AND m.instrument = p.instrument
            WHERE p.copy_id = c.copy_id), 0) AS unrealised
    FROM copies c LEFT JOIN copy_shares s USING (copy_id) LEFT JOIN lines l USING (line)
   WHERE c.copy_id = $1`;

type Raw = Readonly<Record<string, string | null>>;
const time = (ms: number): string => new Date(ms).toISOString();

/**
 * The settlement of a copy "if the period ended now", at the latest marks; undefined when there is no such copy.
 * @param client in a snapshot: the share and its flows are of one moment
 * @param platformFeeRatio as the settlement service is configured
 */
export async function readSettlementPreview(
  client: Pick<Pool, 'query'>,
  copyId: string,
  platformFeeRatio: Decimal,
): Promise<SettlementPreview | undefined> {
  const { rows } = await client.query<Raw>(statement, [copyId]);
  const [raw] = rows;
  if (raw === undefined) return undefined;
  const watermark = raw['watermark'] ?? null;
  const now = watermark === null ? null : Number(watermark);
  const asOf = now === null ? null : time(now);
  const refusedFor = raw['copy_status'] === 'refused' ? (raw['stop_reason'] ?? null) : null;
  const common = { copyId, providerId: String(raw['provider']), asOf, refusedFor, rounding };
  if ((raw['account_id'] ?? null) === null) return { ...common, ...withoutShare, nothing: nothingWithoutShare(raw) };
  const row = rowOf(CopyShareRow, raw);
  const pending = pendingOf(row);
  const nothing = nothingOf(row, pending);
  const announced = announcedOf(row);
  const until = Math.max(now ?? row.settledAt, row.settledAt);
  const { feeModel, profitShareRatio, settlementPeriod } = row;
  const pnl = { realised: decimal(plain(raw['realised'])), unrealised: decimal(plain(raw['unrealised'])) };
  return {
    ...common,
    nothing,
    terms: { feeModel, profitShareRatio: plain(profitShareRatio), settlementPeriod },
    announced: announced && { ...announced.fees, effectiveFrom: time(announced.effectiveFrom) },
    subscription: subscriptionOf(row),
    lastSettlement: row.lastSettlement === null ? null : time(row.lastSettlement),
    nextBoundary: nothing === null ? time(nextPeriodStart(until, shareOf(row).terms.settlementPeriod)) : null,
    due: plain(row.due),
    asked: pending.map((one) => ({ settlementId: one.settlementId, until: time(one.until), owed: plain(one.owed) })),
    settlement: nothing === null ? settlementAt(row, until, pnl, await flowsOf(client, row), platformFeeRatio) : null,
  };
}

/** Flows of the period that runs, for the step that sums them. */
async function flowsOf(client: Pick<Pool, 'query'>, { copyId, begun }: CopyShareRow): Promise<GapFlows> {
  const { flows, flowsLeftOut } = await readFlows(client, copyId, begun);
  return { shown: flows, leftOut: flowsLeftOut };
}

function nothingWithoutShare(raw: Raw): SettlementPreview['nothing'] {
  const status = raw['copy_status'];
  if (status === 'refused') return 'refused';
  if (status === 'starting') return 'not_started';
  // Stopped before it was confirmed.
  return (raw['from_order'] ?? null) === null ? 'ended' : 'no_fees';
}

const withoutShare = {
  terms: null,
  announced: null,
  subscription: null,
  lastSettlement: null,
  nextBoundary: null,
  due: '0',
  asked: [],
  settlement: null,
} as const;

function nothingOf(row: CopyShareRow, pending: ReturnType<typeof pendingOf>): SettlementPreview['nothing'] {
  if (row.status !== 'ended') return null;
  return pending.length > 0 ? 'stopping' : 'ended';
}

const subscriptionOf = (row: CopyShareRow): SettlementPreview['subscription'] =>
  row.subscriptionStatus === null
    ? null
    : {
        status: row.subscriptionStatus,
        price: plain(row.subscriptionPrice),
        paidUntil: time(row.paidUntil ?? row.startedAt),
      };

/** PnL of all time. */
interface Pnl {
  readonly realised: Decimal;
  readonly unrealised: Decimal;
}

function settlementAt(
  row: CopyShareRow,
  at: number,
  pnl: Pnl,
  flows: GapFlows,
  platformFeeRatio: Decimal,
): PreviewFigures | null {
  const amount = (value: string): Decimal => decimal(plain(value));
  const moved = amount(row.deposited).minus(amount(row.withdrawn));
  const cash = amount(row.startedWith).plus(moved).minus(amount(row.providerGross)).plus(pnl.realised);
  // As copies are measured: to the decimals of an amount.
  const equity = roundAmount(cash.plus(pnl.unrealised));
  const share = shareOf(row);
  // All that is owed is taken to be there: measured once to know how much that is.
  const measured = previewSettlement(share, at, { equity, available: equity, platformFeeRatio });
  if (measured === null) return null;
  const owed = measured.dueBefore.plus(measured.accrued);
  const figures = previewSettlement(share, at, { equity, available: owed, platformFeeRatio });
  if (figures === null) return null;
  const parts = partsOf(text(equity), text(equity.minus(cash)));
  // Decimals write themselves as text.
  const texts = { ...(JSON.parse(JSON.stringify(figures)) as Parameters<typeof stepsOf>[0]), ...parts };
  return {
    ...{ from: time(figures.from), until: time(figures.until), equity: text(equity), ...parts },
    ...{ gap: text(figures.gapBefore), newProfit: text(figures.newProfit), accrued: text(figures.accrued) },
    owed: text(owed),
    platformFeeAtMost: text(figures.platformFee),
    providerNetAtMost: text(figures.providerNet),
    steps: stepsOf(texts, flows).filter(({ name }) => name !== 'dueAfter'),
  };
}
