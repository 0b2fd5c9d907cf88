import type { AnyRecord } from '@slipstream/contracts';
import { dayOf, daysBefore, setProvider, type Line, type LineChanges, type Provider } from './line.js';

/** What a provider is to followers: terms, visibility, standing, how many follow. */
export function changeProfile(line: Line, event: AnyRecord, offset: number, changes: LineChanges): void {
  if (!('providerId' in event) || typeof event.providerId !== 'string') return;
  const provider = line.providers.get(event.providerId);
  if (provider === undefined) return;
  if (event.type === 'AumRecorded') {
    const { providerId, aum } = event;
    changes.aum.push({ providerId, day: dayOf(daysBefore(event.at, 1)), aum });
    return;
  }
  const changed = profileAfter(provider, event);
  if (changed === undefined) return;
  const at = 'occurredAt' in event ? event.occurredAt : provider.asOf;
  const asOf = Math.max(provider.asOf, at, line.watermark);
  setProvider(line, changes, { ...provider, ...changed, asOf, logOffset: offset });
}

function profileAfter({ row, dayJoined, dayLeft }: Provider, event: AnyRecord): Partial<Provider> | undefined {
  switch (event.type) {
    case 'ProviderTermsChanged': {
      const { feeModel, profitShareRatio, subscriptionPrice } = event;
      return { row: { ...row, feeModel, profitShareRatio, subscriptionPrice } };
    }
    case 'ProviderVisibilityChanged':
      return { row: { ...row, visibility: event.visibility } };
    case 'ProviderRetired':
      return { row: { ...row, retired: true } };
    case 'ProviderBlocked':
      return { row: { ...row, blocked: event.blocked } };
    case 'ProviderLevelChanged':
      return { row: { ...row, level: event.level } };
    case 'FollowerAdmitted':
      return { row: { ...row, followers: row.followers + 1 }, dayJoined: dayJoined + 1 };
    case 'FollowerRemoved':
      return { row: { ...row, followers: row.followers - 1 }, dayLeft: dayLeft + 1 };
    default:
      return undefined;
  }
}
