import { Controller, Get, Headers, Inject, NotFoundException, Param, Query, type StreamableFile } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { latestMoment } from './clocks.js';
import { ledgerPool } from './ledger-pool.js';
import { forEver, statementQuery, type StatementQuery } from './parameters.js';
import { fromSnapshot, type Answer } from './snapshot.js';
import { balanceAt, markBefore, readStatement, type ChainAt, type StatementLine } from './statement.js';
import { cursorText, momentText, startOf, statementCsv } from './statement-text.js';

/** A page of a statement on the wire. */
interface Statement {
  readonly account: string;
  readonly asset: string;
  readonly from: string;
  readonly to: string | null;
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
  statement(
    @Param('*') account: string,
    @Query() query: unknown,
    @Headers('accept') accept?: string,
  ): Promise<Statement | StreamableFile> {
    const of = statementQuery(account, query, accept);
    return fromSnapshot(this.pool, async (client): Promise<Answer<Statement>> => {
      await this.require(client, of);
      const to = await endOf(client, of);
      if (of.format === 'json') return { json: await page(client, of, to) };
      return { name: of.account, csv: statementCsv(client, of, startOf(of, of.cursor), to) };
    });
  }

  private async require(client: PoolClient, { account, asset }: StatementQuery): Promise<void> {
    const found = await client.query('SELECT 1 FROM settlement.balances WHERE account = $1 AND asset = $2 LIMIT 1', [
      account,
      asset,
    ]);
    if (found.rowCount === 0) throw new NotFoundException(`Account ${account} has no postings in ${asset}.`);
  }
}

/** The end of the period as it is shown: as asked for, else the first moment that lies after all of the ledger's time. */
async function endOf(client: PoolClient, { from, to }: StatementQuery): Promise<string | null> {
  if (to !== forEver) return momentText(to);
  const latest = await latestMoment(client);
  return latest === null ? null : momentText(Math.max(from, latest + 1));
}

async function page(client: PoolClient, of: StatementQuery, shownTo: string | null): Promise<Statement> {
  const { account, asset, from, to, cursor, limit } = of;
  const found = await readStatement(client, of, startOf(of, cursor), limit);
  if (found === undefined) throw new NotFoundException(`Account ${account} has no postings in ${asset}.`);
  const { opening, chains, lines, closing, next } = found;
  return {
    ...{ account, asset, from: momentText(from), to: shownTo, opening, chains },
    lines: lines.map((line) => ({ ...line, time: momentText(line.time) })),
    closing: next === null ? closing : await balanceAt(client, of, markBefore(to)),
    next: next && cursorText(next),
  };
}
