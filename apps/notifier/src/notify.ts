import type { AnyRecord } from '@slipstream/contracts';
import type { Carried } from './carried.js';
import { tickClock } from './clock.js';
import { closeWindow, countSkips } from './count-skips.js';
import type { Notice } from './notification.js';
import {
  copyLiquidated,
  copyRefused,
  copyStarted,
  copyStopped,
  copyStopping,
  termsReachedCopies,
} from './notify-copies.js';
import {
  followerAdmitted,
  followerRemoved,
  providerRetired,
  termsAnnounced,
  termsChanged,
} from './notify-providers.js';
import { profitShareSettled, subscriptionSettled } from './notify-settlements.js';

/**
 * What one journal event tells whom, in a fixed order. Pure: from the event and what earlier events of the same partition
 * left in `carried`, which it updates.
 * @param windowMs length of the digest's windows, a divisor of a day
 */
export function notify(carried: Carried, event: AnyRecord, windowMs: number): Notice[] {
  switch (event.type) {
    case 'CopyConfirmed':
      return copyStarted(carried, event);
    case 'CopyRefused':
      return copyRefused(carried, event);
    case 'CopyStopping':
      return copyStopping(carried, event);
    case 'CopyStopped':
      return copyStopped(carried, event);
    case 'PositionLiquidated':
      return copyLiquidated(carried, event);
    case 'CopyFeesAnnounced':
      return termsReachedCopies(carried, event);
    case 'CopiesDecided':
      countSkips(carried, event, windowMs);
      return [];
    case 'MarketTicked':
      tickClock(carried, event);
      return closeWindow(carried, event, windowMs);
    case 'FollowerAdmitted':
      followerAdmitted(carried, event);
      return [];
    case 'FollowerRemoved':
      followerRemoved(carried, event);
      return [];
    case 'ProviderTermsAnnounced':
      return termsAnnounced(event);
    case 'ProviderTermsChanged':
      return termsChanged(carried, event);
    case 'ProviderRetired':
      return providerRetired(event);
    case 'ProfitShareSettled':
      return profitShareSettled(event);
    case 'SubscriptionSettled':
      return subscriptionSettled(event);
    default:
      return [];
  }
}
