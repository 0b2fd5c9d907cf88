import type {
  CopyConfirmed,
  CopyFeesAnnounced,
  CopyRefused,
  CopyStopped,
  CopyStopping,
  PositionLiquidated,
} from '@slipstream/contracts';
import type { Carried } from './carried.js';
import { bookedAt } from './clock.js';
import type { Facts, Notice } from './notification.js';

/** Copies between CopyStopping and their end, with the reason: CopyStopped itself has none. */
const stopping = 'stopping';

interface Stopping {
  readonly reason: CopyStopping['reason'];
}

interface OfFollower {
  readonly accountId: string;
  readonly providerId: string;
  readonly occurredAt: number;
}

/** Dated by the market clock that the copy hears, so that a feed reads in the order in which things happened. */
const told = (carried: Carried, { accountId, providerId, occurredAt }: OfFollower, facts: Facts): Notice => ({
  recipient: `account/${accountId}`,
  occurredAt: bookedAt(carried, providerId, occurredAt),
  facts,
});

/** A copy that was cancelled before its confirmation came has not started. */
export function copyStarted(carried: Carried, event: CopyConfirmed): Notice[] {
  const { copyId, providerId, copyTotalAmt, fees } = event;
  if (carried.get(stopping, copyId) !== undefined) return [];
  return [told(carried, event, { type: 'copy_started', copyId, providerId, copyTotalAmt, fees })];
}

export function copyRefused(carried: Carried, event: CopyRefused): Notice[] {
  const { copyId, providerId, reason, copyTotalAmt } = event;
  carried.delete(stopping, copyId);
  return [told(carried, event, { type: 'copy_refused', copyId, providerId, reason, returned: copyTotalAmt })];
}

/** Some reasons are told at once; how it ended is told when it has. */
export function copyStopping(carried: Carried, event: CopyStopping): Notice[] {
  const { copyId, providerId, reason, subPosCloseType } = event;
  carried.set(stopping, copyId, { reason });
  if (reason === 'max_loss_reached')
    return [told(carried, event, { type: 'max_loss_reached', copyId, providerId, subPosCloseType })];
  if (reason === 'provider_retired')
    return [told(carried, event, { type: 'provider_retired', copyId, providerId, subPosCloseType })];
  return [];
}

export function copyStopped(carried: Carried, event: CopyStopped): Notice[] {
  const { copyId, providerId, returned } = event;
  const reason = carried.get<Stopping>(stopping, copyId)?.reason ?? null;
  carried.delete(stopping, copyId);
  return [told(carried, event, { type: 'copy_stopped', copyId, providerId, reason, returned })];
}

export function copyLiquidated(carried: Carried, event: PositionLiquidated): Notice[] {
  const { copyId, providerId, leadPositionId, instrument, mark, equity, maintenance } = event;
  const position = { copyId, providerId, leadPositionId, instrument, mark, equity, maintenance };
  return [told(carried, event, { type: 'copy_liquidated', ...position })];
}

/** Followers hear of new terms as their copies do, one notice per copy. */
export function termsReachedCopies(carried: Carried, event: CopyFeesAnnounced): Notice[] {
  const { providerId, fees, effectiveFrom, occurredAt } = event;
  return event.copies.map(({ accountId, copyId }) =>
    told(
      carried,
      { accountId, providerId, occurredAt },
      { type: 'terms_announced', providerId, copyId, fees, effectiveFrom },
    ),
  );
}
