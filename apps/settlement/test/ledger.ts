import { record, type AnyRecord, type CopyEnd, type ShareCharged } from '@slipstream/contracts';
import { defaultCopySettings, ledgerAsset } from '@slipstream/domain';
import { inTransaction, migrate, type JournalRecord } from '@slipstream/streams';
import { testDatabase } from '@slipstream/testing';
import pg from 'pg';
import { book } from '../src/book.js';
import { migrations } from '../src/migrations/index.js';

/** A ledger without postings in a database of its own. */
export async function emptyLedger(): Promise<pg.Pool> {
  const { urls } = await testDatabase();
  await migrate(urls.settlement, 'settlement', migrations, 'ledger_migrations');
  return new pg.Pool({ connectionString: urls.settlement, max: 4 });
}

export const at = (offset: number, event: AnyRecord, partition = 0): JournalRecord => ({
  topic: 'accounts.events',
  partition,
  offset,
  event,
  correlationId: 'c',
  receivedAtMs: null,
  appendedAtMs: 0,
  cause: offset,
  rules: '1',
});

/** Books records in one transaction. */
export const commit = (pool: pg.Pool, ...records: JournalRecord[]): Promise<void> =>
  inTransaction(pool, (client) => book(records, client));

export const copy = { accountId: 'a1', copyId: 'a1~p~1', providerId: 'p', occurredAt: 2 };

export const deposit = (accountId: string, amount: string, asset = ledgerAsset, occurredAt = 1): AnyRecord =>
  record('FundsDeposited', { requestId: 'r', accountId, amount, asset, occurredAt });

export const withdrawal = (accountId: string, amount: string, occurredAt = 3): AnyRecord =>
  record('FundsWithdrawn', { requestId: 'w', accountId, amount, asset: ledgerAsset, occurredAt });

/** The copy `a1~p~1` gets its money. */
export const requested = (copyTotalAmt: string, of: Partial<typeof copy> = {}): AnyRecord =>
  record('CopyRequested', {
    ...{ ...copy, ...of, requestId: 'q', copyTotalAmt, settings: defaultCopySettings },
    ...{ disclaimerVersion: '1', country: 'DE', ownerId: 'a1' },
  });

export const stopped = (returned: string): AnyRecord => record('CopyStopped', { ...copy, returned });

export const ended = (...ends: CopyEnd[]): AnyRecord => record('CopyOrdersEnded', { ends });

export const end = (fields: Partial<CopyEnd>): CopyEnd => ({
  ...copy,
  orderId: 'a1~p~1#1',
  orderNo: 1,
  type: 'CopyFilled',
  commission: '0',
  reason: null,
  instrument: 'BTCUSDT',
  positionSide: 'long',
  side: 'buy',
  quantity: '1',
  price: '100',
  providerPrice: '100',
  fee: '0.05',
  feeAsset: ledgerAsset,
  realisedPnl: '0',
  released: '0',
  ...fields,
});

export const shareCharged = (fields: Partial<ShareCharged>): ShareCharged => ({
  ...copy,
  ...{ settlementId: 's', cause: 'period', at: 2, owed: '10', available: '10', charged: '10', equityBefore: '110' },
  ...{ platformFee: '0.2', providerNet: '9.8', due: '0' },
  ...fields,
});

export const ticked = (moment: number, line = 0): AnyRecord =>
  record('MarketTicked', { at: moment, boundary: moment % 86_400_000 === 0, line, marks: [] });
