import {
  Controller,
  Get,
  Headers,
  Inject,
  NotFoundException,
  Param,
  Query,
  type OnApplicationShutdown,
  type StreamableFile,
} from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { latestMoment } from './clocks.js';
import { ledgerPool } from './ledger-pool.js';
import { accountName, asksNothing } from './parameters.js';
import { readAccountsPage, type AccountPeriod } from './period-accounts.js';
import { readPeriod, type PeriodBalance } from './period-balance.js';
import { accountCursor, trialBalanceQuery, type PeriodQuery } from './period-query.js';
import { periodCsv, shownDays, type ShownDays } from './period-text.js';
import { fromSnapshot, type Answer } from './snapshot.js';
import {
  countDifferences,
  readAccount,
  readTrialBalance,
  type AccountBalances,
  type TrialBalance,
} from './trial-balance.js';

/** As of now; with `differences` where the postings were looked at. */
type Present = TrialBalance & { readonly differences?: number };
/** Of some days; with a page of accounts where they were asked for. */
type Period = ShownDays &
  PeriodBalance & { readonly accounts?: readonly AccountPeriod[]; readonly next?: string | null };

/** The ledger for operators: nobody else reads its schema. */
@Controller()
export class ShowLedger implements OnApplicationShutdown {
  constructor(@Inject(ledgerPool) private readonly pool: Pool) {}

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  @Get('trial-balance')
  trialBalance(
    @Query() query: unknown,
    @Headers('accept') accept?: string,
  ): Promise<Present | Period | StreamableFile> {
    const asked = trialBalanceQuery(query, accept);
    return fromSnapshot(this.pool, async (client): Promise<Answer<Present | Period>> => {
      if (asked.of === 'period') return period(client, asked);
      const now = await readTrialBalance(client);
      return { json: asked.check ? { ...now, differences: await countDifferences(client) } : now };
    });
  }

  /** Names have a slash in them, escaped or not. */
  @Get('accounts/*')
  async account(@Param('*') name: string, @Query() query: unknown): Promise<AccountBalances> {
    asksNothing(query);
    const account = accountName(name);
    const found = await readAccount(this.pool, account);
    if (found === undefined) throw new NotFoundException(`Account ${account} has no postings.`);
    return found;
  }
}

async function period(client: PoolClient, asked: PeriodQuery): Promise<Answer<Period>> {
  const { days, accounts, cursor, limit, format } = asked;
  const shown = shownDays(days, await latestMoment(client));
  if (format === 'csv') {
    const name = `trial-balance ${shown.from} ${shown.to ?? ''}`.trim();
    return { name, csv: periodCsv(client, days, shown, accounts ? { after: cursor } : null) };
  }
  const found = await readPeriod(client, days);
  if (!accounts) return { json: { ...shown, ...found } };
  const page = await readAccountsPage(client, days, found.kinds, cursor, limit);
  return { json: { ...shown, ...found, accounts: page.accounts, next: page.next && accountCursor(page.next) } };
}
