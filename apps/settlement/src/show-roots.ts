import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import type { Pool } from 'pg';
import { ledgerPool } from './ledger-pool.js';
import { accountName, asksNothing, dayOf, rootsQuery } from './parameters.js';
import {
  lastDayOf,
  readKeys,
  readProofs,
  readRoot,
  readRoots,
  type DayRoot,
  type HeadProof,
  type PublishedKey,
} from './roots.js';

type Root = NonNullable<Awaited<ReturnType<typeof readRoot>>>;

/** Signed roots of days, what proves that an account is in them, and the keys. */
@Controller()
export class ShowRoots {
  constructor(@Inject(ledgerPool) private readonly pool: Pool) {}

  /** `next`: the `before` of the page of earlier days, null: there is none. */
  @Get('roots')
  async roots(@Query() query: unknown): Promise<{ roots: DayRoot[]; next: string | null }> {
    const { before, limit } = rootsQuery(query);
    const found = await readRoots(this.pool, before, limit + 1);
    const roots = found.slice(0, limit);
    return { roots, next: found.length > limit ? (roots.at(-1)?.day ?? null) : null };
  }

  @Get('roots/:day')
  root(@Param('day') given: string, @Query() query: unknown): Promise<Root> {
    asksNothing(query);
    return this.require(dayOf(given));
  }

  /** Names of accounts have a slash in them, escaped or not. */
  @Get('roots/:day/proof/*')
  async proof(
    @Param('day') given: string,
    @Param('*') name: string,
    @Query() query: unknown,
  ): Promise<Omit<DayRoot, 'keyId'> & { heads: HeadProof[] }> {
    asksNothing(query);
    const account = accountName(name);
    const { day, tree, previous, root, jws } = await this.require(dayOf(given));
    const heads = await readProofs(this.pool, day, account);
    if (heads.length > 0) return { day, tree, previous, root, jws, heads };
    const last = await lastDayOf(this.pool, account, day);
    throw new NotFoundException(
      `Account ${account} had no postings on ${day}${last === undefined ? ', nor on a day before with a root' : `; where it stood since is proved by /roots/${last}/proof/${account}`}.`,
    );
  }

  /** As a JWK set, RFC 7517. */
  @Get('keys')
  async keys(@Query() query: unknown): Promise<{ keys: PublishedKey[] }> {
    asksNothing(query);
    return { keys: await readKeys(this.pool) };
  }

  private async require(day: string): Promise<Root> {
    const found = await readRoot(this.pool, day);
    if (found !== undefined) return found;
    const [latest] = await readRoots(this.pool, null, 1);
    throw new NotFoundException(
      `There is no root of ${day}: ${latest === undefined ? 'no day is closed by all partitions yet' : `it isn't closed by all partitions yet, or none had ticks in it; the latest is of ${latest.day}`}.`,
    );
  }
}
