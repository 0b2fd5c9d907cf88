import { Entity } from 'typeorm';
import { Exact, ExactOrNull, Int, KeyInt, KeyText, Long, Text } from './columns.js';

/** What the copies of one accounts partition make of a provider; written from that partition of accounts.events. */
@Entity({ name: 'provider_copies' })
export class ProviderCopiesRow {
  @KeyText('provider_id') providerId!: string;
  @KeyInt('accounts_partition') accountsPartition!: number;
  @Long('as_of') asOf!: number;
  @Long('log_offset') logOffset!: number;
  @Int('formula_version') formulaVersion!: number;
  /** Copies that ever ran, and those that aren't stopped. */
  @Long('copies') copies!: number;
  @Long('active') active!: number;
  /** Copies that had a fill, and those of them with a result above zero. */
  @Long('with_result') withResult!: number;
  @Long('in_profit') inProfit!: number;
  /** Σ copyTotalAmt at the start and what was added. */
  @Exact('invested') invested!: string;
  /** Σ realised − fees of all copies, stopped ones too. */
  @Exact('realised_pnl') realisedPnl!: string;
  @Exact('unrealised_pnl') unrealisedPnl!: string;
  /** Σ min(copyTotalAmt, copy equity) of copies that aren't stopped. */
  @Exact('aum') aum!: string;
  /** Σ abs(target − held) at marks. */
  @Exact('drift') drift!: string;
  /** Σ money they began with, of copies that had a fill, and Σ of it × the copy's return. */
  @Exact('return_weight') returnWeight!: string;
  @Exact('return_sum') returnSum!: string;
  @Long('placed') placed!: number;
  @Long('skipped') skipped!: number;
  @Long('filled') filled!: number;
  @Long('rejected') rejected!: number;
}

/** The sums of `provider_copies` over all accounts partitions: what leaderboards sort by. */
@Entity({ name: 'provider_copiers' })
export class ProviderCopiersRow {
  @KeyText('provider_id') providerId!: string;
  @Long('as_of') asOf!: number;
  @Long('copies') copies!: number;
  @Long('active') active!: number;
  @Long('with_result') withResult!: number;
  @Long('in_profit') inProfit!: number;
  @Exact('invested') invested!: string;
  @Exact('realised_pnl') realisedPnl!: string;
  @Exact('unrealised_pnl') unrealisedPnl!: string;
  @Exact('aum') aum!: string;
  @Exact('drift') drift!: string;
  @Long('placed') placed!: number;
  @Long('skipped') skipped!: number;
  @Long('filled') filled!: number;
  @Long('rejected') rejected!: number;
  /** Mean of the returns of copies that had a fill, by the money they began with; null: none. */
  @ExactOrNull('realised_return') realisedReturn!: string | null;
  /** In profit ÷ with a result; null: none. */
  @ExactOrNull('profit_share') profitShare!: string | null;
}

/** How often each outcome came: `filled`, `partly_filled`, `rejected:…` and `skipped:…` with their reason. */
@Entity({ name: 'provider_outcomes' })
export class ProviderOutcomeRow {
  @KeyText('provider_id') providerId!: string;
  @KeyInt('accounts_partition') accountsPartition!: number;
  @KeyText('outcome') outcome!: string;
  @Long('n') n!: number;
}

/** Slippage of copies' fills in tenths of a basis point, worse is positive; counted per value, at most 10⁹. */
@Entity({ name: 'provider_slippage' })
export class ProviderSlippageRow {
  @KeyText('provider_id') providerId!: string;
  @KeyInt('accounts_partition') accountsPartition!: number;
  @KeyInt('tenth_bp') tenthBp!: number;
  @Long('n') n!: number;
}

/** Marks of a line as an accounts partition last journaled them. */
@Entity({ name: 'accounts_marks' })
export class AccountsMarkRow {
  @KeyInt('accounts_partition') accountsPartition!: number;
  @KeyInt('line') line!: number;
  @KeyText('instrument') instrument!: string;
  @Text('price') price!: string;
}
