import { roundQuotient, roundTo, text, type Decimal } from '../money.js';

const publishedDecimals = 10;

/** A ratio as it is published: rounded half-even to 10 decimals, as text; null stays null. */
export const published = (ratio: Decimal | null): string | null =>
  ratio === null ? null : text(roundTo(ratio, publishedDecimals));

/** A ratio as it is carried on: 20 decimals, half-even. */
export const carried = roundQuotient;
