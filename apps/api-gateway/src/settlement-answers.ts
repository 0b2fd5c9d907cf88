import { earningsGroupings } from '@slipstream/read-model';
import { next, period, rounding, step } from './receipt-answers.js';
import {
  answer,
  decimalText,
  list,
  maybe,
  maybeDecimal,
  maybeTime,
  maybeWords,
  noticeFields,
  object,
  time,
  whole,
  words,
  type Schema,
} from './schema.js';

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
      enum: ['no_fees', 'not_started', 'refused', 'stopping', 'ended', null],
      description: 'Why there is nothing to settle',
    },
    refusedFor: { ...maybeWords, description: 'Why the copy was refused; null: it was not' },
    terms: maybe(object(terms)),
    announced: {
      ...maybe(object({ ...terms, subscriptionPrice: maybeDecimal, effectiveFrom: time })),
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
        equity: { ...decimalText, description: 'cash + unrealised, to 8 decimals as copies are measured' },
        cash: decimalText,
        unrealised: decimalText,
        gap: decimalText,
        newProfit: decimalText,
        accrued: decimalText,
        owed: { ...decimalText, description: 'The most that would be charged' },
        platformFeeAtMost: decimalText,
        providerNetAtMost: decimalText,
        steps: list(step),
      }),
    ),
    rounding,
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
          from: { ...time, description: 'Of the period, or of the days asked for where they begin inside it' },
          until: { ...time, description: 'Of the period, or of the days asked for where they end inside it' },
          whole: { type: 'boolean', description: 'All of the period lies in the days asked for' },
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

const copyIds: Schema = { ...list(words), description: 'The newest of its copies, at most 100' };

export const accountAnswer = answer(
  'What the account has paid, and a page of providers, by id',
  object({
    ...noticeFields,
    accountId: words,
    totals: object({ ...earned, openDue }),
    items: list(object({ providerId: words, copies: whole, copyIds, lastSettlement: maybeTime, ...earned, openDue })),
    next,
  }),
);
