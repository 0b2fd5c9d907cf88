import { jest } from '@jest/globals';
import { streams, type FundsWithdrawn } from '@slipstream/contracts';
import { ensureTopics, migrate, openEdge, runFold, runProjection, type Fold, type Running } from '@slipstream/streams';
import { stopStack, testDatabase, testKafka, uniquePrefix } from '@slipstream/testing';
import pg from 'pg';
import { ledgerProjection } from '../src/book.js';
import { migrations } from '../src/migrations/index.js';

jest.setTimeout(120_000);
afterAll(stopStack);

/** An account service that has lost its mind: it lets everybody withdraw what they like. */
const careless: Fold<null> = {
  service: 'position-sizer',
  inbox: streams.accountsCommands,
  journal: streams.accountsEvents,
  open: () => null,
  decide: (_, command) => {
    if (command.type !== 'WithdrawFunds') return [];
    const { requestId, accountId, amount, asset, occurredAt } = command;
    const said: FundsWithdrawn = { type: 'FundsWithdrawn', requestId, accountId, amount, asset, occurredAt };
    return [said];
  },
  evolve: () => undefined,
  follow: () => [],
};

test('a journal that breaks a rule of the ledger stops it, saying which, and nothing of it is booked', async () => {
  const brokers = [await testKafka()];
  const topicPrefix = uniquePrefix();
  await ensureTopics(brokers, topicPrefix);
  const { urls } = await testDatabase();
  await migrate(urls.settlement, 'settlement', migrations, 'ledger_migrations');
  const options = { brokers, topicPrefix, saveIntervalMs: 100 };
  const running: Running[] = [await runFold(careless, { ...options, databaseUrl: urls['position-sizer'] })];
  const edge = await openEdge({ brokers, topicPrefix });
  const pool = new pg.Pool({ connectionString: urls.settlement, max: 1 });
  try {
    const ask = { type: 'WithdrawFunds' as const, accountId: 'a1', asset: 'USDT', occurredAt: 1 };
    await edge.send([
      {
        to: streams.accountsCommands,
        key: 'a1',
        record: { ...ask, requestId: 'r1', amount: '12.5' },
        correlationId: 'c',
      },
    ]);
    for (let start = 1; start <= 2; start++) {
      // Also when it is started again: it goes no further than the fault.
      const ledger = await runProjection(ledgerProjection(), { ...options, databaseUrl: urls.settlement });
      running.push(ledger);
      await expect(ledger.done()).rejects.toThrow(
        /account wallet\/a1 has -12\.50000000 USDT in partition \d+: accounts of kind wallet are never below zero/,
      );
    }
    expect((await pool.query('SELECT 1 FROM settlement.postings')).rowCount).toBe(0);
    expect((await pool.query('SELECT 1 FROM settlement.balances')).rowCount).toBe(0);
  } finally {
    await edge.close();
    await pool.end();
    await Promise.allSettled(running.map((one) => one.stop()));
  }
});
