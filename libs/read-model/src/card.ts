import { decimal, published, roundAmount, text, type Period } from '@slipstream/domain';
import type { Pool } from 'pg';

/** A provider as a card of the leaderboard. */
export interface ProviderCard {
  readonly userId: string;
  readonly displayName: string;
  /** Address of a picture made from the id. */
  readonly avatar: string;
  readonly status: string;
  readonly strategy: string | null;
  readonly risk: number | null;
  readonly riskLevel: string | null;
  /** Ranked from 7 days and 5 closed positions; younger ones are new. */
  readonly isNew: boolean;
  readonly daysLeading: number;
  readonly followers: number;
  readonly aum: string;
  readonly feeModel: string;
  readonly profitSharePct: string;
  readonly roi30d: string | null;
  readonly copierPnl: string | null;
  readonly copierReturn: string | null;
  readonly copiersInProfit: string | null;
  readonly overview: string | null;
  /** Of the window that was asked for. */
  readonly roi: string | null;
  readonly totalPnl: string;
  readonly winRate: string | null;
  readonly maxDrawdown: string | null;
  readonly sharpe: string | null;
  readonly totalTrades: number;
  /** Growth of 10,000, at most 60 points. */
  readonly equityCurve: readonly string[];
  readonly asOf: string;
  readonly proof: Proof;
}

/** Where a figure comes from: its log position and a hash over figures, position and formula version. */
export interface Proof {
  readonly logPartition: number;
  readonly logOffset: number;
  readonly formulaVersion: number;
  readonly hash: string;
}

/** Rows of a window: named, so that nothing is planned for the others. */
export const windowTables: Readonly<Record<Period, string>> = {
  '7d': 'provider_periods_7d',
  '30d': 'provider_periods_30d',
  '90d': 'provider_periods_90d',
  all: 'provider_periods_all',
};

/** Columns of a card, from `cardTables`. */
const cardColumns = 'p.*, c.*, s.*, w.*, m.roi AS roi_30d, n.sparkline';

/**
 * The tables of a card beside `f`, which names the providers. Each is looked up by itself (OFFSET 0): to plan a join of them
 * takes longer than to do it.
 */
function cardTables(period: Period): string {
  const of = (table: string, columns: string, where = ''): string =>
    `LATERAL (SELECT ${columns} FROM ${table} t WHERE t.provider_id = f.provider_id${where} OFFSET 0)`;
  const ofWindow = (name: Period, columns: string): string =>
    of(windowTables[name], columns, ` AND t.period = '${name}'`);
  return `CROSS JOIN ${of('providers', providerColumns)} p
    CROSS JOIN ${of('provider_stats', 'as_of, log_partition, log_offset, formula_version, hash')} s
    CROSS JOIN ${ofWindow(period, 'roi, total_pnl, win_rate, max_drawdown, sharpe, total_trades')} w
    CROSS JOIN ${ofWindow('30d', 'roi')} m
    CROSS JOIN ${of('provider_midnights', 'sparkline')} n
    CROSS JOIN ${of('provider_places', placeColumns)} c`;
}

/**
 * Cards of providers, in the order of the ids. The statement is one per window and has a name: a connection plans it once,
 * which takes longer than to read the cards.
 * @param period the window of the figures
 */
export async function readCards(
  pool: Pick<Pool, 'query'>,
  period: Period,
  providerIds: readonly string[],
): Promise<readonly ProviderCard[]> {
  if (providerIds.length === 0) return [];
  const { rows } = await pool.query<Row>({
    name: `cards-${period}`,
    text: `SELECT ${cardColumns} FROM unnest($1::text[]) WITH ORDINALITY f(provider_id, place) ${cardTables(period)}
            ORDER BY f.place`,
    values: [providerIds],
  });
  return rows.map(cardOf);
}

const providerColumns = 'provider_id, display_name, fee_model, profit_share_ratio';
const placeColumns = `status, strategy, ranked, risk, risk_level, overview, followers, registered_at, aum, copier_pnl,
      copier_return, copiers_in_profit`;

type Row = Readonly<Record<string, string | number | boolean | null>>;

const dayMs = 86_400_000;
/** Decimal text as it goes out, and with no more decimals than an amount: most figures are, and nothing has to be worked out. */
const isPlain = /^(-?[1-9]\d*|-?0(?=\.)|0)(\.\d*[1-9])?$/;
const isAmount = /^[^.]+(\.\d{1,8})?$/;

/** A row of `cardColumns` as a card. */
function cardOf(row: Row): ProviderCard {
  const exact = (name: string): string | null => {
    const value = row[name];
    if (value === null || value === undefined) return null;
    return isPlain.test(String(value)) ? String(value) : text(decimal(String(value)));
  };
  const words = (name: string): string | null => (row[name] as string | null | undefined) ?? null;
  const id = String(row['provider_id']);
  const money = (name: string): string | null => {
    const value = exact(name);
    return value === null || isAmount.test(value) ? value : text(roundAmount(decimal(value)));
  };
  return {
    userId: id,
    displayName: String(row['display_name']),
    avatar: `/v1/avatars/${encodeURIComponent(id)}.svg`,
    status: String(row['status']),
    strategy: words('strategy'),
    risk: row['risk'] === null ? null : Number(row['risk']),
    riskLevel: words('risk_level'),
    isNew: row['ranked'] !== true,
    daysLeading: Math.max(0, Math.floor((Number(row['as_of']) - Number(row['registered_at'])) / dayMs)),
    followers: Number(row['followers']),
    aum: money('aum') ?? '0',
    feeModel: String(row['fee_model']),
    profitSharePct: text(decimal(String(row['profit_share_ratio'])).times('100')),
    roi30d: exact('roi_30d'),
    copierPnl: money('copier_pnl'),
    copierReturn: exact('copier_return'),
    copiersInProfit: exact('copiers_in_profit'),
    overview: row['overview'] === null ? null : published(decimal(String(row['overview']))),
    roi: exact('roi'),
    totalPnl: exact('total_pnl') ?? '0',
    winRate: exact('win_rate'),
    maxDrawdown: exact('max_drawdown'),
    sharpe: exact('sharpe'),
    totalTrades: Number(row['total_trades']),
    equityCurve: JSON.parse(String(row['sparkline'])) as string[],
    asOf: new Date(Number(row['as_of'])).toISOString(),
    proof: {
      logPartition: Number(row['log_partition']),
      logOffset: Number(row['log_offset']),
      formulaVersion: Number(row['formula_version']),
      hash: String(row['hash']),
    },
  };
}
