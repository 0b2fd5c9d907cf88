import { earningsGroupings } from '@slipstream/read-model';
import {
  answer,
  decimalText,
  list,
  maybeTime,
  maybeWords,
  noticeFields,
  object,
  time,
  whole,
  words,
  type Schema,
} from './schema.js';

const place = object({ topic: words, partition: whole, offset: whole });
const maybePlace = { ...place, type: ['object', 'null'] } as unknown as Schema;
const hash = { ...words, description: 'SHA-256 over the receipt and its log positions: JSON, names sorted' };
const cause: Schema = { type: 'string', enum: ['period', 'stop', 'retirement'] };
const period: Schema = { type: 'string', enum: ['weekly', 'monthly'] };
const next = { ...maybeWords, description: 'Cursor of the next page; null on the last' } as Schema;

const settlement = object({
  kind: { type: 'string', enum: ['profit_share'] },
  settlementId: words,
  copyId: words,
  providerId: words,
  cause,
  settlementPeriod: period,
  from: { ...time, description: 'Settlement before, or start of the copy' },
  until: { ...time, description: 'Moment that was settled' },
  profitShareRatio: decimalText,
  equityBefore: decimalText,
  equityAfter: decimalText,
  gapBefore: { ...decimalText, description: 'Watermark − equity: below 0 is profit' },
  gapAfter: { ...decimalText, description: 'Loss to make good' },
  newProfit: decimalText,
  accrued: decimalText,
  dueBefore: decimalText,
  providerGross: { ...decimalText, description: 'What the follower paid' },
  dueAfter: { ...decimalText, description: 'Stays due: it was not available' },
  platformFee: decimalText,
  providerNet: decimalText,
});

const month = object({
  kind: { type: 'string', enum: ['subscription'] },
  chargeId: words,
  copyId: words,
  providerId: words,
  from: time,
  until: time,
  price: decimalText,
  paid: { type: 'boolean', description: 'Whole, or not at all' },
  available: decimalText,
  platformFeeRatio: decimalText,
  platformFee: decimalText,
  providerNet: decimalText,
  proof: object({ receipt: place, charge: place, hash }),
});

export const receiptsAnswer = answer(
  'A page of settlements and subscription months, newest first',
  object({ ...noticeFields, items: list({ oneOf: [settlement, month] }), next }),
);

const step = object({
  name: words,
  formula: { ...words, description: 'In names, then in numbers; round(…) is half-even, to 8 decimals' },
  value: decimalText,
});
const inputs = object({
  equityOpening: { ...decimalText, description: 'Just after the settlement before, or at the start' },
  deposits: decimalText,
  withdrawals: decimalText,
  pnl: { ...decimalText, description: 'Realised + unrealised − fees + funding since then' },
  gapOpening: decimalText,
  gapWithdrawn: { ...decimalText, description: 'Part of the gap that withdrawals took along' },
  profitShareRatio: decimalText,
  dueBefore: { ...decimalText, description: 'Left due by earlier settlements' },
  available: { ...decimalText, description: 'Money the copy could pay with when it was charged' },
  platformFeeRatio: decimalText,
});

export const receiptAnswer = answer(
  'The receipt',
  object({
    ...noticeFields,
    kind: { type: 'string', enum: ['profit_share'] },
    settlementId: words,
    accountId: words,
    copyId: words,
    providerId: words,
    cause,
    settlementPeriod: period,
    from: time,
    until: time,
    occurredAt: time,
    inputs,
    steps: list(step),
    proof: object({
      receipt: { ...place, description: 'ProfitShareSettled' },
      measure: { ...place, description: 'CopiesMeasured: the equity at the marks of the moment' },
      charge: { ...maybePlace, description: 'ProfitShareCharged; null where nothing was owed' },
      hash,
    }),
  }),
);

const maybe = (schema: Schema): Schema => ({ oneOf: [schema, { type: 'null' }] });
const terms = { feeModel: words, profitShareRatio: decimalText, settlementPeriod: period };

export const previewAnswer = answer(
  'What a settlement now would come to',
  object({
    ...noticeFields,
    copyId: words,
    providerId: words,
    asOf: { ...maybeTime, description: 'Market time of the marks' },
    nothing: {
      type: ['string', 'null'],
      enum: ['no_fees', 'not_started', 'stopping', 'ended', null],
      description: 'Why there is nothing to settle',
    },
    terms: maybe(object(terms)),
    announced: {
      ...maybe(object({ ...terms, effectiveFrom: time })),
      description: 'They hold from the settlement at that moment on',
    },
    subscription: maybe(object({ status: words, price: decimalText, paidUntil: time })),
    lastSettlement: maybeTime,
    nextBoundary: { ...maybeTime, description: 'When the period that runs ends' },
    due: { ...decimalText, description: 'Left due by earlier settlements, with what is asked for at the moment' },
    asked: list(object({ settlementId: words, until: time, owed: decimalText })),
    settlement: maybe(
      object({
        from: time,
        until: time,
        equity: decimalText,
        gap: decimalText,
        newProfit: decimalText,
        accrued: decimalText,
        owed: { ...decimalText, description: 'The most that would be charged' },
        platformFeeAtMost: decimalText,
        providerNetAtMost: decimalText,
        steps: list(step),
      }),
    ),
    charge: { ...words, description: 'What is charged of what is owed' },
  }),
);

const earned: Record<string, Schema> = {
  settlements: whole,
  newProfit: decimalText,
  accrued: { ...decimalText, description: 'Σ new profit × ratio' },
  gross: { ...decimalText, description: 'What followers paid' },
  platformFee: decimalText,
  net: decimalText,
  subscriptions: object({
    monthsPaid: whole,
    monthsUnpaid: whole,
    gross: decimalText,
    platformFee: decimalText,
    net: decimalText,
  }),
};
const openDue = { ...decimalText, description: 'Still due, as of now, whatever the days asked for' };

export const earningsAnswer = answer(
  'Totals of the days asked for, and a page of groups',
  object({
    ...noticeFields,
    providerId: words,
    by: { type: 'string', enum: [...earningsGroupings] },
    from: { type: ['string', 'null'], format: 'date' },
    to: { type: ['string', 'null'], format: 'date' },
    asOf: maybeTime,
    positions: list(object({ partition: whole, offset: whole })),
    totals: object({ ...earned, openDue }),
    items: list({
      oneOf: [
        object({
          settlementPeriod: period,
          from: time,
          until: time,
          ...earned,
          openDue: { type: 'null', description: 'Goes from one period to the next' },
        }),
        object({ follower: words, copies: whole, ...earned, openDue }),
        object({ follower: words, copy: words, ...earned, openDue }),
      ],
    }),
    next,
  }),
);

export const accountAnswer = answer(
  'What the account has paid, and a page of providers, by id',
  object({
    ...noticeFields,
    accountId: words,
    totals: object({ ...earned, openDue }),
    items: list(object({ providerId: words, copies: whole, lastSettlement: maybeTime, ...earned, openDue })),
    next,
  }),
);
