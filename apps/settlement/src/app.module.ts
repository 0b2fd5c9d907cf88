import { Module } from '@nestjs/common';
import { configToken, migrate, openPool, ServiceModule, type ServiceConfig } from '@slipstream/streams';
import { ledgerProjection } from './book.js';
import { loadPolicy } from './config.js';
import { settlementFold } from './fold/fold.js';
import { migrations } from './migrations/index.js';
import { ledgerPool } from './ledger-pool.js';
import { ShowLedger } from './show-ledger.js';
import { ShowStatement } from './show-statement.js';

@Module({
  imports: [
    ServiceModule.forFoldAndProjection(
      () => settlementFold(loadPolicy(process.env)),
      () => ledgerProjection(),
    ),
  ],
  controllers: [ShowLedger, ShowStatement],
  providers: [
    {
      // The tables are there before the first record is booked.
      provide: ledgerPool,
      useFactory: async ({ databaseUrl }: ServiceConfig) => {
        await migrate(databaseUrl, 'settlement', migrations, 'ledger_migrations');
        return openPool(databaseUrl, 'settlement', 4);
      },
      inject: [configToken],
    },
  ],
})
export class AppModule {}
