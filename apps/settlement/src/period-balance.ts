import { decimal, text, zero, type AccountKind, type Decimal } from '@slipstream/domain';
import type { ClientBase } from 'pg';
import { byKind, type PerKind } from './trial-balance.js';

/** Whole UTC days, counted since 1970: from the first on, to the first one after. */
export interface Days {
  readonly from: number;
  readonly to: number;
}

/** What an account, or all of a kind, had before, what came in and went out, and what it has after: opening + in − out. */
export interface Movement {
  readonly opening: string;
  readonly in: string;
  readonly out: string;
  readonly closing: string;
}

/** Per asset, opening and closing sum to zero over all kinds, and as much came in as went out. */
export interface PeriodBalance {
  readonly assets: Readonly<Record<string, Movement>>;
  readonly kinds: PerKind<Movement>;
}

interface Row {
  readonly kind: AccountKind;
  readonly asset: string;
  readonly opening: string;
  readonly came_in: string;
  readonly went_out: string;
}

/** From the sums per day that the database keeps (turnovers): reads no postings, however many there are in the period. */
export async function readPeriod(client: ClientBase, { from, to }: Days): Promise<PeriodBalance> {
  const { rows } = await client.query<Row>(
    `SELECT kind, asset, coalesce(sum(came_in - went_out) FILTER (WHERE day < $1), 0) AS opening,
            coalesce(sum(came_in) FILTER (WHERE day >= $1), 0) AS came_in,
            coalesce(sum(went_out) FILTER (WHERE day >= $1), 0) AS went_out
       FROM settlement.turnovers WHERE day < $2 GROUP BY 1, 2 ORDER BY 2`,
    [from, to],
  );
  const totals = rows.map(({ kind, asset, opening, came_in, went_out }) => ({
    ...{ kind, asset, opening: decimal(opening), cameIn: decimal(came_in), wentOut: decimal(went_out) },
  }));
  const assets = [...new Set(totals.map(({ asset }) => asset))];
  return {
    assets: Object.fromEntries(
      assets.map((asset) => [asset, movementOf(totals.filter((total) => total.asset === asset))]),
    ),
    kinds: byKind(totals, (total) => movementOf([total])),
  };
}

/** Of all of them together. */
function movementOf(totals: readonly Readonly<Record<'opening' | 'cameIn' | 'wentOut', Decimal>>[]): Movement {
  const sum = (amounts: readonly Decimal[]): Decimal => amounts.reduce((all, amount) => all.plus(amount), zero);
  const opening = sum(totals.map((total) => total.opening));
  const cameIn = sum(totals.map((total) => total.cameIn));
  const wentOut = sum(totals.map((total) => total.wentOut));
  return {
    ...{ opening: text(opening), in: text(cameIn), out: text(wentOut) },
    closing: text(opening.plus(cameIn).minus(wentOut)),
  };
}
