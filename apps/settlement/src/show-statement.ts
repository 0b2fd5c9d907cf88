import { Readable } from 'node:stream';
import { Controller, Get, Headers, Inject, NotFoundException, Param, Query, StreamableFile } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { ledgerPool } from './ledger-pool.js';
import { statementQuery, type StatementQuery } from './parameters.js';
import { balanceAt, markBefore, readStatement, type ChainAt, type StatementLine } from './statement.js';
import { cursorText, momentText, startOf, statementCsv } from './statement-text.js';

/** A page of a statement on the wire. */
interface Statement {
  readonly account: string;
  readonly asset: string;
  readonly from: string;
  readonly to: string;
  /** Balance before the first line of the page; the chains at it, so that each hash can be computed from the one before. */
  readonly opening: string;
  readonly chains: readonly ChainAt[];
  readonly lines: readonly (Omit<StatementLine, 'time'> & { readonly time: string })[];
  /** Balance at the end of the period. */
  readonly closing: string;
  readonly next: string | null;
}

/** Statements of accounts: what came in and went out in a period, as JSON pages or one CSV file. */
@Controller('statements')
export class ShowStatement {
  constructor(@Inject(ledgerPool) private readonly pool: Pool) {}

  @Get('*')
  async statement(
    @Param('*') account: string,
    @Query() query: unknown,
    @Headers('accept') accept?: string,
  ): Promise<Statement | StreamableFile> {
    const of = statementQuery(account, query, accept);
    const client = await this.pool.connect();
    let streams = false;
    try {
      // One snapshot; a reader that stalls doesn't keep it for ever.
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query("SET LOCAL idle_in_transaction_session_timeout = '60s'");
      await this.require(client, of);
      if (of.format === 'json') return await page(client, of);
      streams = true;
      const disposition = `attachment; filename="${of.account.replaceAll(/[^\w.~-]/g, '_')}.csv"`;
      const csv = streamed(client, statementCsv(client, of, startOf(of, of.cursor)));
      return new StreamableFile(csv, { type: 'text/csv; charset=utf-8; header=present', disposition });
    } finally {
      if (!streams) await end(client);
    }
  }

  private async require(client: PoolClient, { account, asset }: StatementQuery): Promise<void> {
    const found = await client.query('SELECT 1 FROM settlement.balances WHERE account = $1 AND asset = $2 LIMIT 1', [
      account,
      asset,
    ]);
    if (found.rowCount === 0) throw new NotFoundException(`Account ${account} has no postings in ${asset}.`);
  }
}

async function page(client: PoolClient, of: StatementQuery): Promise<Statement> {
  const { account, asset, from, to, cursor, limit } = of;
  const found = await readStatement(client, of, startOf(of, cursor), limit);
  if (found === undefined) throw new NotFoundException(`Account ${account} has no postings in ${asset}.`);
  const { opening, chains, lines, closing, next } = found;
  return {
    ...{ account, asset, from: momentText(from), to: momentText(to), opening, chains },
    lines: lines.map((line) => ({ ...line, time: momentText(line.time) })),
    closing: next === null ? closing : await balanceAt(client, of, markBefore(to)),
    next: next && cursorText(next),
  };
}

/** Gives the connection back when all is read, or the reader has gone, even before the first line. */
function streamed(client: PoolClient, parts: AsyncGenerator<string>): Readable {
  let broken: Error | undefined;
  // The server ends a snapshot that nobody reads on with; without a listener that would end the process.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  const stream = Readable.from(parts);
  stream.once('close', () => {
    client.off('error', onError);
    void end(client, broken);
  });
  return stream;
}

/** Never rejects: a connection that fails is dropped. */
async function end(client: PoolClient, broken?: Error): Promise<void> {
  try {
    if (!broken) await client.query('COMMIT');
    client.release(broken);
  } catch (error) {
    client.release(error as Error);
  }
}
