import { amountDecimals, decimalsOf, positive, type Decimal } from '@slipstream/domain';

/** What an amount of money must be. */
export const amountSentence = 'An amount is above zero and has at most 8 decimals.';

/** An amount of money, or null when the text is none. */
export function parseAmount(text: string): Decimal | null {
  const amount = positive(text);
  return amount && decimalsOf(amount) <= amountDecimals ? amount : null;
}
