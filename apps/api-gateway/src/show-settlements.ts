import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiExcludeEndpoint,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { Policy } from '@slipstream/domain';
import {
  accountSettlementsLimitMax,
  earningsGroupings,
  earningsLimitMax,
  inSnapshot,
  readAccountSettlements,
  readEarnings,
  readReceipt,
  readReceipts,
  readSettlementPreview,
  receiptsLimitMax,
  type AccountSettlements,
  type EarningsPage,
  type MonthReceipt,
  type Receipt,
  type ReceiptsPage,
  type SettlementPreview,
} from '@slipstream/read-model';
import { pathPartMax } from '@slipstream/streams';
import type { Pool } from 'pg';
import { problemAnswer } from './answers.js';
import { notice, readPool, type Notice } from './notice.js';
import { Problem } from './problem.js';
import { receiptAnswer, receiptsAnswer } from './receipt-answers.js';
import { accountAnswer, earningsAnswer, previewAnswer } from './settlement-answers.js';
import {
  accountCursor,
  accountQuery,
  earningsCursor,
  earningsQuery,
  receiptsCursor,
  receiptsQuery,
} from './settlement-parameters.js';

/** Fees and limits, as all services have them. */
export const policy = Symbol('policy');

/** The router takes no longer ones either. */
const idCharactersMax = pathPartMax;
const idOf = (name: string) => ({ name, schema: { type: 'string' as const, maxLength: idCharactersMax } });
const cursorParameter = {
  name: 'cursor',
  required: false,
  schema: { type: 'string' as const },
  description: '`next` of the page before',
};
const limitParameter = (maximum: number) => ({
  name: 'limit',
  required: false,
  schema: { type: 'integer' as const, minimum: 1, maximum, default: 50 },
});
const dayParameter = (name: string, description: string) => ({
  name,
  required: false,
  schema: { type: 'string' as const, format: 'date' },
  description,
});
const bad = problemAnswer('A parameter is wrong; the sentence says which');

type AnyReceipt = (Receipt | MonthReceipt) & Notice;
type Paged<T> = Omit<T, 'next'> & { readonly next: string | null } & Notice;
const paymentNote =
  'What is owed is charged up to the money that is available in the copy at that moment; the rest stays due. ' +
  'The platform fee and the net amount are parts of what is charged.';

/** What followers pay their providers, receipt by receipt. */
@ApiTags('settlements')
@Controller('v1')
export class ShowSettlements {
  constructor(
    @Inject(readPool) private readonly pool: Pool,
    @Inject(policy) private readonly rules: Pick<Policy, 'platformFeeRatio'>,
  ) {}

  @Get('copies/:id/settlements')
  @ApiOperation({ operationId: 'getCopySettlements', summary: 'Receipts and subscription months of a copy' })
  @ApiParam(idOf('id'))
  @ApiQuery(cursorParameter)
  @ApiQuery(limitParameter(receiptsLimitMax))
  @ApiOkResponse(receiptsAnswer)
  @ApiBadRequestResponse(bad)
  @ApiNotFoundResponse(problemAnswer('There is no copy of that id'))
  async receipts(@Param('id') id: string, @Query() query: unknown): Promise<Paged<ReceiptsPage>> {
    const page = await readReceipts(this.pool, checkedId('copy', id), receiptsQuery(query));
    const { items, next } = found(page, `copy ${id}`);
    return { ...notice, items, next: receiptsCursor(next) };
  }

  @Get('copies/:id/settlement-preview')
  @ApiOperation({ operationId: 'getSettlementPreview', summary: 'If the period of a copy ended now' })
  @ApiParam(idOf('id'))
  @ApiOkResponse(previewAnswer)
  @ApiNotFoundResponse(problemAnswer('There is no copy of that id'))
  async preview(@Param('id') id: string): Promise<SettlementPreview & { readonly charge: string } & Notice> {
    const [copyId, { platformFeeRatio }] = [checkedId('copy', id), this.rules];
    const preview = await inSnapshot(this.pool, (client) => readSettlementPreview(client, copyId, platformFeeRatio));
    return { ...notice, ...found(preview, `copy ${id}`), charge: paymentNote };
  }

  @Get('settlements/:settlementId')
  @ApiOperation({
    operationId: 'getSettlement',
    summary: 'A receipt, or a month, with every input, every step of the calculation, log positions and hash',
  })
  @ApiParam({
    ...idOf('settlementId'),
    description: 'settlementId, or chargeId of a month; its slashes as they are, or as %2F',
  })
  @ApiOkResponse(receiptAnswer)
  @ApiNotFoundResponse(problemAnswer('There is no settlement of that id'))
  async receipt(@Param('settlementId') id: string): Promise<AnyReceipt> {
    const settlementId = checkedId('settlement', id);
    const receipt = await inSnapshot(this.pool, (client) => readReceipt(client, settlementId));
    return { ...notice, ...found(receipt, `settlement ${id}`) };
  }

  /** The slash of the id as it is. */
  @Get('settlements/:copyId/:cause')
  @ApiExcludeEndpoint()
  receiptOfCopy(@Param('copyId') copyId: string, @Param('cause') cause: string): Promise<AnyReceipt> {
    return this.receipt(`${copyId}/${cause}`);
  }

  /** Both slashes of a month's id as they are. */
  @Get('settlements/:copyId/:subscription/:month')
  @ApiExcludeEndpoint()
  receiptOfMonth(@Param() { copyId, subscription, month }: Record<string, string>): Promise<AnyReceipt> {
    return this.receipt(`${copyId}/${subscription}/${month}`);
  }

  @Get('providers/:id/earnings')
  @ApiOperation({
    operationId: 'getEarnings',
    summary: 'What a provider has earned, by period, follower or copy; followers are numbers, not ids',
  })
  @ApiParam(idOf('id'))
  @ApiQuery({
    name: 'by',
    required: false,
    schema: { type: 'string', enum: [...earningsGroupings], default: 'period' },
  })
  @ApiQuery(dayParameter('from', 'First UTC day. A settlement at midnight belongs to the day before it'))
  @ApiQuery(dayParameter('to', 'UTC day after the last'))
  @ApiQuery(cursorParameter)
  @ApiQuery(limitParameter(earningsLimitMax))
  @ApiOkResponse(earningsAnswer)
  @ApiBadRequestResponse(bad)
  @ApiNotFoundResponse(problemAnswer('Nobody of that id is a provider'))
  async earnings(
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<Paged<EarningsPage> & { providerId: string; by: string; from: string | null; to: string | null }> {
    const asked = earningsQuery(query);
    const providerId = checkedId('provider', id);
    const page = await inSnapshot(this.pool, (client) => readEarnings(client, providerId, asked));
    const { next, ...earnings } = found(page, `provider ${id}`);
    const { by, from, to } = asked;
    return {
      ...notice,
      ...{ providerId, by, from: dayText(from), to: dayText(to) },
      ...earnings,
      next: earningsCursor(by, next),
    };
  }

  @Get('accounts/:accountId/settlements')
  @ApiOperation({ operationId: 'getAccountSettlements', summary: 'What a follower has paid, by provider' })
  @ApiParam(idOf('accountId'))
  @ApiQuery(cursorParameter)
  @ApiQuery(limitParameter(accountSettlementsLimitMax))
  @ApiOkResponse(accountAnswer)
  @ApiBadRequestResponse(bad)
  @ApiNotFoundResponse(problemAnswer('The account has copied nobody'))
  async account(
    @Param('accountId') id: string,
    @Query() query: unknown,
  ): Promise<Paged<AccountSettlements> & { readonly accountId: string }> {
    const asked = accountQuery(query);
    const accountId = checkedId('account', id);
    const page = await inSnapshot(this.pool, (client) => readAccountSettlements(client, accountId, asked));
    if (page === undefined) throw new Problem(404, 'not_found', `There is no account ${id} that has copied anybody.`);
    return { ...notice, accountId, totals: page.totals, items: page.items, next: accountCursor(page.next) };
  }
}

const dayText = (day: number | null): string | null =>
  day === null ? null : new Date(day * 86_400_000).toISOString().slice(0, 10);

function checkedId(what: string, id: string): string {
  if (id.length > idCharactersMax || id.includes('\0'))
    throw new Problem(400, 'bad_parameter', `A ${what} id has at most ${idCharactersMax} printable characters.`);
  return id;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Problem(404, 'not_found', `There is no ${what}.`);
  return value;
}
