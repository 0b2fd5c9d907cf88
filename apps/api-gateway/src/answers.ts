import type { ApiResponseNoStatusOptions } from '@nestjs/swagger';

// Schemas of the answers, for the OpenAPI document. Money and ratios are decimal strings.
type Schema = Exclude<Extract<ApiResponseNoStatusOptions, { schema: unknown }>['schema'], { $ref: string }>;

const decimalText = { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' } as const;
const maybeDecimal = { type: ['string', 'null'], pattern: decimalText.pattern } as unknown as Schema;
const whole = { type: 'integer', minimum: 0 } as const;
const words = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const maybeTime = { type: ['string', 'null'], format: 'date-time' } as unknown as Schema;

const object = (properties: Record<string, Schema>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const list = (items: Schema): Schema => ({ type: 'array', items });
const answer = (description: string, schema: Schema): ApiResponseNoStatusOptions => ({ description, schema });

const noticeFields: Record<string, Schema> = { notice: words, paperMoney: { type: 'boolean', enum: [true] } };
const statsFields: Record<string, Schema> = {
  providerId: words,
  displayName: words,
  fills: whole,
  orders: whole,
  grossPnl: decimalText,
  fees: { ...decimalText, description: 'Positive = cost' },
  netPnl: decimalText,
  closedPositions: whole,
  wonPositions: whole,
  winRate: maybeDecimal,
  roiAll: maybeDecimal,
  maxDrawdown: maybeDecimal,
  activeFollowers: whole,
  aum: decimalText,
  asOf: time,
};
const position = object({
  leadPositionId: words,
  instrument: words,
  positionSide: { type: 'string', enum: ['long', 'short', 'net'] },
  quantity: { ...decimalText, description: 'Signed: short is negative; 0 when closed' },
  averageCost: decimalText,
  largestCost: decimalText,
  pnl: decimalText,
  fees: decimalText,
  netPnl: decimalText,
  openedAt: time,
  closedAt: maybeTime,
});
const day = object({
  day: { type: 'string', format: 'date' },
  equity: decimalText,
  return: decimalText,
  growth: decimalText,
});

export const leaderboardAnswer = answer(
  'A page of the leaderboard',
  object({
    ...noticeFields,
    items: list(
      object({ ...statsFields, isNew: { type: 'boolean', description: 'Fewer than 7 days or 5 closed positions' } }),
    ),
    next: { type: ['string', 'null'], description: 'Cursor of the next page; null on the last' },
  }),
);

export const providerAnswer = answer(
  'The provider',
  object({
    ...noticeFields,
    ...statsFields,
    startingCapital: decimalText,
    profitShareRatio: decimalText,
    registeredAt: time,
    logPosition: object({ partition: whole, offset: whole }),
    formulaVersion: whole,
    openPositions: list(position),
    closedPositionsLast: list(position),
    equityCurve: list(day),
    copies: object({ placed: whole, skipped: whole, filled: whole, rejected: whole }),
  }),
);

const maybeWords = { type: ['string', 'null'] } as unknown as Schema;
const maybeWhole = { type: ['integer', 'null'] } as unknown as Schema;

export const copyAnswer = answer(
  'The copy',
  object({
    ...noticeFields,
    copyId: words,
    accountId: words,
    providerId: words,
    status: { type: 'string', enum: ['starting', 'active', 'paused', 'stopping', 'stopped', 'refused'] },
    stopReason: maybeWords,
    copyTotalAmt: decimalText,
    putIn: { ...decimalText, description: 'Put in less taken out' },
    equity: { ...decimalText, description: 'At the latest marks; 0 once the money is back in the wallet' },
    realisedPnl: decimalText,
    fees: decimalText,
    insured: decimalText,
    drift: { ...decimalText, description: 'Σ |target − held| at the latest marks' },
    outcomes: object({
      placed: whole,
      skipped: { type: 'object', additionalProperties: whole },
      filled: whole,
      rejected: whole,
    }),
    positions: list(
      object({
        leadPositionId: words,
        instrument: words,
        positionSide: words,
        target: decimalText,
        quantity: decimalText,
      }),
    ),
  }),
);

export const outcomesAnswer = answer(
  'A page of outcomes, by order number',
  object({
    ...noticeFields,
    items: list(
      object({
        orderNo: whole,
        decision: { type: 'string', enum: ['placed', 'skipped'] },
        reason: maybeWords,
        side: maybeWords,
        quantity: maybeDecimal,
        target: maybeDecimal,
        providerPrice: maybeDecimal,
        decidedAt: time,
        end: maybeWords,
        endReason: maybeWords,
        filledQuantity: maybeDecimal,
        price: maybeDecimal,
        slippageAmount: maybeDecimal,
        slippageBp: maybeDecimal,
        fee: maybeDecimal,
        realisedPnl: maybeDecimal,
        endedAt: maybeTime,
        decidedAfterMs: maybeWhole,
        endedAfterMs: maybeWhole,
      }),
    ),
    next: maybeWhole,
  }),
);

const problem = object({
  type: words,
  title: words,
  status: whole,
  detail: words,
  code: words,
  instance: words,
});

/** Problem details under their own media type. */
export const problemAnswer = (description: string): ApiResponseNoStatusOptions => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});
