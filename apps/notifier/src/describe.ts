import type { CopyStopping, FeeTerms } from '@slipstream/contracts';
import { earnedWording, paidWording, subscribersWording, subscriptionWording } from './describe-settlements.js';
import type { Facts, SkippedFacts } from './notification.js';
import { money, percent, plain, when, type Wording } from './words.js';

/** The sentences of a notification, from its facts alone. */
export function describe(facts: Facts): Wording {
  switch (facts.type) {
    case 'copy_started': {
      const body = `Your copy trades along with ${facts.providerId} from now on, with ${money(facts.copyTotalAmt)}.`;
      return { title: `Copying ${facts.providerId} has started`, body: withFees(body, facts.fees) };
    }
    case 'copy_refused':
      return {
        title: `Copying ${facts.providerId} did not start`,
        body: `The copy was not admitted (${plain(facts.reason)}). ${money(facts.returned)} went back to your wallet.`,
      };
    case 'copy_stopped':
      return {
        title: `Copying ${facts.providerId} has stopped`,
        body: `${stopReason(facts.reason)} ${money(facts.returned)} went back to your wallet.`,
      };
    case 'orders_skipped':
      return skippedWording(facts);
    case 'max_loss_reached':
      return {
        title: `Your copy of ${facts.providerId} reached its loss limit`,
        body: `It opens nothing more and stops. ${closing(facts.subPosCloseType)}`,
      };
    case 'copy_liquidated':
      return {
        title: `${facts.instrument} of your copy of ${facts.providerId} was liquidated`,
        body:
          `At a mark of ${facts.mark}, ${money(facts.equity)} stood behind the position and ` +
          `${money(facts.maintenance)} was needed; it is closed at market.`,
      };
    case 'settlement':
      return 'earned' in facts ? earnedWording(facts) : paidWording(facts);
    case 'subscription_paid':
    case 'subscription_unpaid':
      return 'earned' in facts ? subscribersWording(facts) : subscriptionWording(facts);
    case 'terms_announced':
    case 'terms_changed':
      return termsWording(facts);
    case 'provider_retired':
      return retiredWording(facts);
    case 'webhook_disabled':
      return {
        title: 'A webhook was switched off',
        body: `${facts.url} gets nothing more: ${disabled[facts.reason]}. Mend it, then enable it again.`,
      };
  }
}

function skippedWording({ providerId, skipped, reasons, from, until }: SkippedFacts): Wording {
  const each = Object.entries(reasons).map(([reason, count]) => `${plain(reason)}: ${count}`);
  return {
    title: `${orders(skipped)} of ${providerId} not copied`,
    body: `From ${when(from)} to ${when(until)} your copy skipped ${orders(skipped)} (${each.join(', ')}).`,
  };
}

function termsWording(facts: Extract<Facts, { readonly type: 'terms_announced' | 'terms_changed' }>): Wording {
  const { copyId, providerId, fees, effectiveFrom } = facts;
  const whose = copyId === null ? 'Your terms' : `The terms of ${providerId}`;
  if (effectiveFrom === null) return { title: `${whose} have changed`, body: `From now on: ${feesText(fees)}.` };
  return { title: `${whose} will change`, body: `From ${when(effectiveFrom)} on: ${feesText(fees)}.` };
}

function retiredWording({
  copyId,
  providerId,
  subPosCloseType,
}: Extract<Facts, { readonly type: 'provider_retired' }>): Wording {
  if (copyId === null || subPosCloseType === null)
    return { title: 'You no longer lead', body: 'Nobody new can copy you; all copies end as their settings say.' };
  return {
    title: `${providerId} has retired`,
    body: `Your copy opens nothing more and stops. ${closing(subPosCloseType)}`,
  };
}

const withFees = (body: string, fees: FeeTerms | null): string =>
  fees === null ? body : `${body} Fees: ${feesText(fees)}.`;

function feesText({ feeModel, profitShareRatio, subscriptionPrice, settlementPeriod }: FeeTerms): string {
  if (feeModel === 'subscription') return `a subscription of ${money(subscriptionPrice ?? '0')} a month`;
  return `${percent(profitShareRatio)} of new profit, settled ${settlementPeriod}`;
}

function stopReason(reason: CopyStopping['reason'] | null): string {
  switch (reason) {
    case 'follower':
      return 'As you asked.';
    case 'max_loss_reached':
      return 'It reached its loss limit.';
    case 'stop_copy_on_close':
      return 'The provider closed the position, and your settings stop the copy with it.';
    case 'provider_retired':
      return 'The provider has retired.';
    case 'liquidated':
      return 'It was liquidated.';
    case 'removed_by_provider':
      return 'The provider removed it.';
    case 'subscription_unpaid':
      return 'The subscription was not paid.';
    case null:
      return 'It is over.';
  }
}

function closing(subPosCloseType: CopyStopping['subPosCloseType']): string {
  switch (subPosCloseType) {
    case 'market_close':
      return 'Open positions are closed at market.';
    case 'copy_close':
      return 'Open positions close as the provider closes.';
    case 'manual_close':
      return 'Open positions are yours to close.';
  }
}

const disabled = {
  gone: 'it answered 410 Gone',
  failing: 'its deliveries have failed for too long',
  backlog: 'too many deliveries wait for it',
} as const;

const orders = (count: number): string => (count === 1 ? '1 order' : `${count} orders`);
