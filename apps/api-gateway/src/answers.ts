import type { ApiResponseNoStatusOptions } from '@nestjs/swagger';
import {
  decimalText,
  maybeDecimal,
  whole,
  words,
  time,
  maybeTime,
  object,
  list,
  answer,
  noticeFields,
  maybeWords,
  maybeWhole,
} from './schema.js';

export const copyAnswer = answer(
  'The copy',
  object({
    ...noticeFields,
    copyId: words,
    accountId: words,
    providerId: words,
    status: { type: 'string', enum: ['starting', 'active', 'paused', 'stopping', 'stopped', 'refused'] },
    stopReason: { ...maybeWords, description: 'Why it stopped, or was refused' },
    copyTotalAmt: decimalText,
    netPutIn: { ...decimalText, description: 'Put in, less what was taken out and less profit shares paid' },
    equity: {
      ...decimalText,
      description:
        'netPutIn + realisedPnl − fees + insured + unrealised at the latest marks; 0 once the money is back in the wallet',
    },
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
