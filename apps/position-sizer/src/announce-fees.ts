import type { AnnounceFees, CopyFeesAnnounced } from '@slipstream/contracts';
import { unsettledAfterNews } from '@slipstream/domain';
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

/** What they will take of a profit that isn't settled by then. */
export function feesAnnounced(state: Accounts, { copies, fees, effectiveFrom }: CopyFeesAnnounced): void {
  for (const { copyId } of copies) {
    const entry = state.entry(copyId);
    const known = entry?.copy.fees;
    if (!entry || !known?.unsettled) continue;
    const unsettled = unsettledAfterNews(known.unsettled, fees, effectiveFrom);
    state.setCopy(entry, { ...entry.copy, fees: { ...known, unsettled } });
  }
}
