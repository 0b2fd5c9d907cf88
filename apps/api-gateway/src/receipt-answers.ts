import {
  answer,
  decimalText,
  list,
  maybe,
  maybeDecimal,
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
const hash = { ...words, description: 'SHA-256 of `hashed` as UTF-8, in hex' };
const hashed = {
  ...words,
  description:
    'The receipt as it was hashed: JSON without spaces, names sorted, money and ratios as text, times in ms since 1970. ' +
    'logPartition and logOffset are its place in settlements.events, measuredAt and chargedAt offsets in accounts.events; ' +
    'unrealised is left out where it was not told',
};
const cause: Schema = { type: 'string', enum: ['period', 'stop', 'retirement'] };
export const period: Schema = { type: 'string', enum: ['weekly', 'monthly'] };
export const next = { ...maybeWords, description: 'Cursor of the next page; null on the last' } as Schema;

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

const monthFields: Record<string, Schema> = {
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
};
const month = object({ ...monthFields, proof: object({ receipt: place, charge: place, hash }) });

export const receiptsAnswer = answer(
  'A page of settlements and subscription months, newest first',
  object({ ...noticeFields, items: list({ oneOf: [settlement, month] }), next }),
);

export const step = object({
  name: words,
  formula: { ...words, description: 'In names, then in numbers; round(…) is half-even, to 8 decimals' },
  value: decimalText,
});
export const rounding = { ...words, description: '`round` in the steps' };
const inputs = object({
  cash: {
    ...maybeDecimal,
    description: 'Part of equityBefore that is not unrealised; null in receipts from before it was told',
  },
  unrealised: {
    ...maybeDecimal,
    description: 'Part of equityBefore: Σ quantity × mark × contract size − cost at the marks of the measure',
  },
  equityOpening: { ...decimalText, description: 'Just after the settlement before, or at the start' },
  deposits: { ...decimalText, description: 'Sum of the deposits among the flows' },
  withdrawals: { ...decimalText, description: 'Sum of the withdrawals among the flows' },
  gapOpening: { ...decimalText, description: 'Left by the settlement before, or carried from an earlier copy' },
  profitShareRatio: decimalText,
  dueBefore: { ...decimalText, description: 'Left due by earlier settlements' },
  available: { ...decimalText, description: 'Money the copy could pay with when it was charged' },
  platformFeeRatio: decimalText,
});

const flow = object({
  kind: { type: 'string', enum: ['deposit', 'withdrawal'] },
  amount: decimalText,
  equityBefore: { ...decimalText, description: 'Copy equity just before it' },
  due: { ...decimalText, description: 'Profit share that was due then' },
  gapBefore: {
    ...decimalText,
    description: 'Gap just before it: of what is above 0 a withdrawal takes its part along',
  },
  gapAfter: {
    ...decimalText,
    description:
      'Of a withdrawal with a gap above 0: round(gapBefore × (own − amount) ÷ own), own = equityBefore − due, 0 where ' +
      'amount ≥ own; else gapBefore',
  },
  occurredAt: time,
  logPosition: { ...place, description: 'CopyShareMoved' },
});

const carried = object({
  fromCopyId: words,
  gap: {
    ...decimalText,
    description:
      'round(gapAfter × min(1, amount ÷ equityAfter)) of the last receipt of that copy; 0 when it had expired',
  },
  due: { ...decimalText, description: 'What that copy could not pay' },
  amount: { ...decimalText, description: 'What this copy began with' },
  logPosition: maybePlace,
});

const settlementReceipt = object({
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
  rounding,
  marks: {
    ...maybe(list(object({ instrument: words, price: decimalText }))),
    description: 'By which the record that measured the copy valued its copies; null: it told none, or is not read yet',
  },
  marksLeftOut: { ...whole, description: 'Marks of that record that are not kept' },
  flows: { ...list(flow), description: 'Money that came in or left since the settlement before, in its order' },
  flowsLeftOut: { ...whole, description: 'Later ones that are not shown' },
  carried: {
    ...maybe(carried),
    description: 'What the copy began with of an earlier one; null: nothing, or it is not its first receipt',
  },
  proof: object({
    receipt: { ...place, description: 'ProfitShareSettled' },
    measure: { ...place, description: 'CopiesMeasured: the equity at the marks of the moment' },
    charge: { ...maybePlace, description: 'ProfitShareCharged; null where nothing was owed' },
    hash,
    hashed,
  }),
});

const monthReceipt = object({
  ...noticeFields,
  ...monthFields,
  accountId: words,
  occurredAt: time,
  steps: list(step),
  rounding,
  proof: object({ receipt: place, charge: place, hash, hashed }),
});

export const receiptAnswer = answer('The receipt of a settlement, or of a month of a subscription', {
  oneOf: [settlementReceipt, monthReceipt],
});
