import type { EarnedFacts, Facts, SubscribersFacts } from './notification.js';
import { copiesOf, isNothing, money, percent, when, type Wording } from './words.js';

type PaidFacts = Extract<Facts, { readonly paid: string }>;

/** A settlement as the follower sees it: what was paid, or why nothing was. */
export function paidWording(facts: PaidFacts): Wording {
  const { providerId, paid, cause } = facts;
  const title = isNothing(paid)
    ? `Settled with ${providerId}: nothing paid`
    : `${money(paid)} profit share paid to ${providerId}`;
  const sentences = [opening(facts), profit(facts), before(facts), left(facts)];
  if (cause === 'retirement') sentences.push('What is still open is settled when the copy has stopped.');
  return { title, body: sentences.filter((sentence) => sentence !== '').join(' ') };
}

function opening({ cause, providerId, until }: PaidFacts): string {
  if (cause === 'stop') return `Last settlement of this copy, at ${when(until)}.`;
  return cause === 'retirement' ? `${providerId} has retired: settled at ${when(until)}.` : '';
}

/** A copy may stop at the moment of a settlement: nothing lies between them. */
function profit({ from, until, newProfit, gapAfter, profitShareRatio }: PaidFacts): string {
  const since = from === until ? `Since the settlement at ${when(from)}` : `From ${when(from)} to ${when(until)}`;
  if (!isNothing(newProfit)) return `${since}: ${money(newProfit)} new profit, share ${percent(profitShareRatio)}.`;
  const watermark = isNothing(gapAfter)
    ? 'the copy stands at its high watermark'
    : `the copy is ${money(gapAfter)} below its high watermark`;
  return `${since}: no new profit, ${watermark}.`;
}

const before = ({ dueBefore }: PaidFacts): string =>
  isNothing(dueBefore) ? '' : `${money(dueBefore)} was due from before.`;

function left({ cause, stillDue, providerId }: PaidFacts): string {
  if (isNothing(stillDue)) return '';
  if (cause === 'stop') return `${money(stillDue)} stays due, should you copy ${providerId} again.`;
  return `${money(stillDue)} stays due for the next settlement.`;
}

/** All settlements of one cause and moment, as the provider sees them. */
export function earnedWording({ cause, earned, copies, gross, platformFee, stillDue, until }: EarnedFacts): Wording {
  const settled = `${copiesOf(copies)} settled`;
  const moment = `${occasion(cause, copies)} ${when(until)}`;
  const due = stillDueOf(cause, stillDue);
  if (isNothing(gross)) {
    const reason = isNothing(stillDue)
      ? `${capital(moment)}: no new profit.`
      : `${capital(moment)}: nothing was available.`;
    return { title: `${settled}, nothing earned`, body: `${reason}${due}` };
  }
  const fee = isNothing(platformFee) ? '' : ` less a platform fee of ${money(platformFee)}`;
  return { title: `${money(earned)} profit share earned`, body: `${settled} ${moment}: ${money(gross)}${fee}.${due}` };
}

function occasion(cause: EarnedFacts['cause'], copies: number): string {
  if (cause === 'period') return 'as of';
  if (cause === 'retirement') return 'at your retirement,';
  return copies === 1 ? 'at its stop,' : 'at their stop,';
}

function stillDueOf(cause: EarnedFacts['cause'], stillDue: string): string {
  if (isNothing(stillDue)) return '';
  return cause === 'stop'
    ? ` ${money(stillDue)} stays due, should you be copied again.`
    : ` ${money(stillDue)} stays due for the next settlement.`;
}

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** A month of a subscription as the follower sees it. */
export function subscriptionWording(facts: Extract<Facts, { readonly chargeId: string }>): Wording {
  const { type, providerId, price, available, from, until } = facts;
  const month = `${when(from)} to ${when(until)}`;
  if (type === 'subscription_paid')
    return { title: `Subscription to ${providerId} paid`, body: `${money(price)} for ${month}.` };
  return {
    title: `Subscription to ${providerId} not paid`,
    body: `${money(price)} for ${month} was due and ${money(available)} was in your wallet; the copy closes with its provider.`,
  };
}

/** All months that begin at one moment, as the provider sees them. */
export function subscribersWording(facts: SubscribersFacts): Wording {
  const { type, copies, price, platformFee, earned, from } = facts;
  const months = `the month from ${when(from)} on`;
  if (type === 'subscription_unpaid')
    return {
      title: `${copiesOf(copies)} did not pay`,
      body: `${money(price)} for ${months} stays unpaid; ${copies === 1 ? 'this copy stops' : 'these copies stop'}.`,
    };
  if (isNothing(earned))
    return { title: `${copiesOf(copies)} paid before`, body: `Nothing more was due for ${months}.` };
  const fee = isNothing(platformFee) ? '' : `, less a platform fee of ${money(platformFee)}`;
  return {
    title: `${money(earned)} earned from subscriptions`,
    body: `${copiesOf(copies)} paid ${money(price)} for ${months}${fee}.`,
  };
}
