import { decimal, text } from '@slipstream/domain';
import { InvariantBroken } from '@slipstream/streams';
import type { EarnedFacts, Facts, SubscribersFacts } from './notification.js';

/** What a provider is told once, however many journal records and partitions it comes from. */
export type TotalFacts = EarnedFacts | SubscribersFacts;

export const isTotal = (facts: Facts): facts is TotalFacts => 'earned' in facts;

/** The moment that is settled, milliseconds: the same for all parts of a total. */
export const momentOf = (facts: TotalFacts): number => (facts.type === 'settlement' ? facts.until : facts.from);

/** What the parts of a total have in common, beside the recipient. */
export const totalKey = (facts: TotalFacts): string => `${kindOf(facts)}/${momentOf(facts)}`;

/** Order among the totals of one moment. */
export const kindOf = (facts: TotalFacts): string =>
  facts.type === 'settlement' ? `settlement/${facts.cause}` : facts.type;

/**
 * Two parts of a total in one: exact, and the same in whatever order parts come.
 * @throws InvariantBroken when they aren't of the same total
 */
export function addUp(one: TotalFacts, other: TotalFacts): TotalFacts {
  const copies = one.copies + other.copies;
  const platformFee = plus(one.platformFee, other.platformFee);
  const earned = plus(one.earned, other.earned);
  if (totalKey(one) !== totalKey(other)) throw new InvariantBroken(`${totalKey(other)} is no part of ${totalKey(one)}`);
  if (one.type === 'settlement' && other.type === 'settlement') {
    const [gross, stillDue] = [plus(one.gross, other.gross), plus(one.stillDue, other.stillDue)];
    return { ...one, copies, gross, platformFee, earned, stillDue };
  }
  if (one.type === 'settlement' || other.type === 'settlement')
    throw new InvariantBroken(`${other.type} isn't ${one.type}`);
  return { ...one, copies, price: plus(one.price, other.price), platformFee, earned };
}

const plus = (a: string, b: string): string => text(decimal(a).plus(decimal(b)));
