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
