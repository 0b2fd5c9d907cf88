import { Module } from '@nestjs/common';
import { configToken, inTransaction, migrate, openPool, ServiceModule, type ServiceConfig } from '@slipstream/streams';
import { ledgerProjection } from './book.js';
import { loadPolicy } from './config.js';
import { settlementFold } from './fold/fold.js';
import { migrations } from './migrations/index.js';
import { ledgerPool } from './ledger-pool.js';
import { ShowLedger } from './show-ledger.js';
import { ShowRoots } from './show-roots.js';
import { ShowStatement } from './show-statement.js';
import { configuredSigningKey, signingKeyOf } from './signing-key.js';

@Module({
  imports: [
    ServiceModule.forFoldAndProjection(
      () => settlementFold(loadPolicy(process.env)),
      () => ledgerProjection(configuredSigningKey(process.env)),
    ),
  ],
  controllers: [ShowLedger, ShowStatement, ShowRoots],
  providers: [
    {
      // The tables are there before the first record is booked.
      provide: ledgerPool,
      useFactory: async ({ databaseUrl }: ServiceConfig) => {
        await migrate(databaseUrl, 'settlement', migrations, 'ledger_migrations');
        const pool = openPool(databaseUrl, 'settlement', 4);
        // The key is there to be asked for before it signs anything.
        await inTransaction(pool, (client) => signingKeyOf(client, configuredSigningKey(process.env)));
        return pool;
      },
      inject: [configToken],
    },
  ],
})
export class AppModule {}
