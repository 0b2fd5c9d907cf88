import type { AnnounceFees, CopyFeesAnnounced } from '@slipstream/contracts';
import type { Accounts } from './state.js';

/** New terms of a provider, for those of its copies that are settled by terms. */
export function announceFees(state: Accounts, command: AnnounceFees): CopyFeesAnnounced[] {
  const { providerId, fees, effectiveFrom, occurredAt } = command;
  const copies = command.copies.filter(({ copyId }) => {
    const copy = state.entry(copyId)?.copy;
    return copy !== undefined && copy.fees !== null && copy.status !== 'stopped';
  });
  return copies.length === 0
    ? []
    : [{ type: 'CopyFeesAnnounced', providerId, fees, effectiveFrom, copies, occurredAt }];
}
