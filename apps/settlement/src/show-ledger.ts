import { Controller, Get, Inject, NotFoundException, Param, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { ledgerPool } from './ledger-pool.js';
import { readAccount, readTrialBalance, type AccountBalances, type TrialBalance } from './trial-balance.js';

/** The ledger for operators: nobody else reads its schema. */
@Controller()
export class ShowLedger implements OnApplicationShutdown {
  constructor(@Inject(ledgerPool) private readonly pool: Pool) {}

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  @Get('trial-balance')
  trialBalance(): Promise<TrialBalance> {
    return readTrialBalance(this.pool);
  }

  /** Names have a slash in them, escaped or not. */
  @Get('accounts/*')
  async account(@Param('*') account: string): Promise<AccountBalances> {
    const found = await readAccount(this.pool, account);
    if (found === undefined) throw new NotFoundException(`Account ${account} has no postings.`);
    return found;
  }
}
