import { dayNumber, dayStart } from '@slipstream/domain';
import type { ClientBase } from 'pg';
import { csvLine } from './csv.js';
import { readAccountsPage, type AccountMark } from './period-accounts.js';
import { readPeriod, type Days, type Movement } from './period-balance.js';

/** The last day that a date can be. */
export const lastDay = 100_000_000;

/** Days on the wire; null: nothing is booked, so there is no last one. */
export interface ShownDays {
  readonly from: string;
  /** First day after. */
  readonly to: string | null;
}

const dayText = (day: number): string => new Date(dayStart(day)).toISOString().slice(0, 10);

/**
 * Where no end is asked for, it is the day after the ledger's latest.
 * @param latest moment that the ledger has come to, ms; null: nothing is booked
 */
export function shownDays({ from, to }: Days, latest: number | null): ShownDays {
  if (to !== lastDay) return { from: dayText(from), to: dayText(to) };
  return { from: dayText(from), to: latest === null ? null : dayText(Math.max(from, dayNumber(latest) + 1)) };
}

const accountsPerRead = 1000;

/**
 * A trial balance as CSV: a line per kind and asset, or per account and asset, and one for all accounts together per asset.
 * @param client in a transaction with one snapshot
 * @param accounts after which to begin with them; null: kinds
 */
export async function* periodCsv(
  client: ClientBase,
  days: Days,
  { from, to }: ShownDays,
  accounts: { readonly after: AccountMark | null } | null,
): AsyncGenerator<string> {
  const line = (name: string, asset: string, { opening, in: cameIn, out, closing }: Movement): string =>
    csvLine([name, asset, from, to ?? '', opening, cameIn, out, closing]);
  const { kinds, assets } = await readPeriod(client, days);
  yield csvLine([accounts ? 'account' : 'kind', 'asset', 'from', 'to', 'opening', 'in', 'out', 'closing']);
  if (!accounts)
    yield Object.entries(kinds)
      .flatMap(([kind, of]) => Object.entries(of).map(([asset, movement]) => line(kind, asset, movement)))
      .join('');
  for (let after = accounts?.after ?? null, more = accounts !== null; more;) {
    const page = await readAccountsPage(client, days, kinds, after, accountsPerRead);
    yield page.accounts.map((one) => line(one.account, one.asset, one)).join('');
    [after, more] = [page.next, page.next !== null];
  }
  yield Object.entries(assets)
    .map(([asset, movement]) => line('all', asset, movement))
    .join('');
}
