import { decimal, nextPeriodStart, previewSettlement, text, type Decimal } from '@slipstream/domain';
import type { Pool } from 'pg';
import { CopyShareRow } from '../entities/settlement.js';
import { plain } from '../report.js';
import { rowOf } from '../rows.js';
import { announcedOf, pendingOf, shareOf } from './share-of.js';
import { stepsOf, type ReceiptStep } from './steps.js';

/** What a settlement at this moment would come to. Money as decimal text. */
export interface SettlementPreview {
  readonly copyId: string;
  readonly providerId: string;
  /** Market time of the marks it is worked out at; null: the line has had no tick yet. */
  readonly asOf: string | null;
  /** Why there is nothing to settle; null: there is. */
  readonly nothing: 'no_fees' | 'not_started' | 'stopping' | 'ended' | null;
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
  SELECT s.*, c.copy_id AS id, c.provider_id AS provider, c.status AS copy_status, l.watermark,
         c.realised_pnl - c.fees + c.insured
           + coalesce((SELECT sum(p.quantity * m.price * m.contract_size - p.cost)
               FROM copied_lead_positions p
               JOIN line_marks m ON m.line = c.line AND m.instrument = p.instrument
              WHERE p.copy_id = c.copy_id), 0) AS total_pnl
    FROM copies c LEFT JOIN copy_shares s USING (copy_id) LEFT JOIN lines l USING (line)
   WHERE c.copy_id = $1`;

type Raw = Readonly<Record<string, string | null>>;
const time = (ms: number): string => new Date(ms).toISOString();

/**
 * The settlement of a copy "if the period ended now", at the latest marks; undefined when there is no such copy.
 * @param platformFeeRatio as the settlement service is configured
 */
export async function readSettlementPreview(
  pool: Pick<Pool, 'query'>,
  copyId: string,
  platformFeeRatio: Decimal,
): Promise<SettlementPreview | undefined> {
  const { rows } = await pool.query<Raw>(statement, [copyId]);
  const [raw] = rows;
  if (raw === undefined) return undefined;
  const watermark = raw['watermark'] ?? null;
  const now = watermark === null ? null : Number(watermark);
  const common = { copyId, providerId: String(raw['provider']), asOf: now === null ? null : time(now) };
  if ((raw['account_id'] ?? null) === null) {
    const nothing = raw['copy_status'] === 'starting' ? 'not_started' : 'no_fees';
    return { ...common, ...withoutShare, nothing };
  }
  const row = rowOf(CopyShareRow, raw);
  const pending = pendingOf(row);
  const nothing = nothingOf(row, pending);
  const announced = announcedOf(row);
  const until = Math.max(now ?? row.settledAt, row.settledAt);
  const { feeModel, profitShareRatio, settlementPeriod } = row;
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
    settlement: nothing === null ? settlementAt(row, until, decimal(plain(raw['total_pnl'])), platformFeeRatio) : null,
  };
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

function settlementAt(row: CopyShareRow, at: number, pnl: Decimal, platformFeeRatio: Decimal): PreviewFigures | null {
  const amount = (value: string): Decimal => decimal(plain(value));
  const flows = amount(row.deposited).minus(amount(row.withdrawn));
  const equity = amount(row.startedWith).plus(flows).minus(amount(row.providerGross)).plus(pnl);
  const share = shareOf(row);
  // All that is owed is taken to be there: measured once to know how much that is.
  const measured = previewSettlement(share, at, { equity, available: equity, platformFeeRatio });
  if (measured === null) return null;
  const owed = measured.dueBefore.plus(measured.accrued);
  const figures = previewSettlement(share, at, { equity, available: owed, platformFeeRatio });
  if (figures === null) return null;
  // Decimals write themselves as text.
  const texts = JSON.parse(JSON.stringify(figures)) as Parameters<typeof stepsOf>[0];
  return {
    ...{ from: time(figures.from), until: time(figures.until), equity: text(equity), gap: text(figures.gapBefore) },
    ...{ newProfit: text(figures.newProfit), accrued: text(figures.accrued), owed: text(owed) },
    platformFeeAtMost: text(figures.platformFee),
    providerNetAtMost: text(figures.providerNet),
    steps: stepsOf(texts).filter(({ name }) => name !== 'dueAfter'),
  };
}
