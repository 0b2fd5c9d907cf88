import type {
  ChangeCopySettings,
  CommandRefused,
  CopyPaused,
  CopyResumed,
  CopySettings,
  CopySettingsChanged,
  PauseCopying,
  ResumeCopying,
} from '@slipstream/contracts';
import { copyTerms, defaultCopySettings, isRunning, settingsRefusal } from '@slipstream/domain';
import { asCopyRequest, granted } from './request.js';
import type { Rules } from './rules.js';
import type { Accounts, CopyEntry } from './state.js';

/** Settings as the body of a request: what differs from the defaults. */
export const settingsText = (settings: CopySettings): string =>
  JSON.stringify(
    Object.entries(settings)
      .filter(
        ([field, value]) => JSON.stringify(value) !== JSON.stringify(defaultCopySettings[field as keyof CopySettings]),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const changeBody = (copyId: string, settings: CopySettings): string => `settings ${copyId} ${settingsText(settings)}`;
const pauseBody = (copyId: string): string => `pause ${copyId}`;
const resumeBody = (copyId: string): string => `resume ${copyId}`;

const idsOf = ({ terms }: CopyEntry): { accountId: string; copyId: string; providerId: string } => ({
  accountId: terms.accountId,
  copyId: terms.copyId,
  providerId: terms.providerId,
});

/** New settings hold from the next order on, whole-copy protections at once; open positions keep theirs. */
export function changeSettings(
  state: Accounts,
  command: ChangeCopySettings,
  { policy }: Rules,
): (CopySettingsChanged | CommandRefused)[] {
  const { requestId, settings, occurredAt } = command;
  return asCopyRequest(state, command, changeBody(command.copyId, settings), (entry, refuse) => {
    if (!isRunning(entry.copy)) return refuse('copy_not_active', `The copy is ${entry.copy.status}.`);
    const wrong = settingsRefusal(settings, policy);
    if (wrong) return refuse(wrong.reason, wrong.detail);
    return [{ type: 'CopySettingsChanged', requestId, ...idsOf(entry), settings, occurredAt }];
  });
}

export function settingsChanged(state: Accounts, event: CopySettingsChanged): void {
  granted(state, event, changeBody(event.copyId, event.settings));
  const entry = state.entry(event.copyId);
  if (entry) state.setTerms(entry, copyTerms(entry.terms, event.settings));
}

/** No opens from here on; closes go on. */
export function pauseCopying(state: Accounts, command: PauseCopying): (CopyPaused | CommandRefused)[] {
  const { requestId, occurredAt } = command;
  return asCopyRequest(state, command, pauseBody(command.copyId), (entry, refuse) => {
    const { status } = entry.copy;
    if (status !== 'active') return refuse('copy_not_active', `The copy is ${status}.`);
    return [{ type: 'CopyPaused', requestId, ...idsOf(entry), occurredAt }];
  });
}

/** Opens are copied again; increases of what was skipped meanwhile aren't. */
export function resumeCopying(state: Accounts, command: ResumeCopying): (CopyResumed | CommandRefused)[] {
  const { requestId, occurredAt } = command;
  return asCopyRequest(state, command, resumeBody(command.copyId), (entry, refuse) => {
    const { status } = entry.copy;
    if (status !== 'paused') return refuse('copy_not_paused', `The copy is ${status}.`);
    return [{ type: 'CopyResumed', requestId, ...idsOf(entry), occurredAt }];
  });
}

export function copyPaused(state: Accounts, event: CopyPaused | CopyResumed): void {
  const pauses = event.type === 'CopyPaused';
  granted(state, event, pauses ? pauseBody(event.copyId) : resumeBody(event.copyId));
  const entry = state.entry(event.copyId);
  if (entry) state.setCopy(entry, { ...entry.copy, status: pauses ? 'paused' : 'active' });
}
