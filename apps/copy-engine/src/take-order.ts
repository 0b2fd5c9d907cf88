import {
  streams,
  type CopyOrders,
  type ProviderFillsRefused,
  type ProviderOrderTaken,
  type RecordProviderFills,
  type SourceFill,
} from '@slipstream/contracts';
import {
  isCopyOrderId,
  parseFill,
  takeOrders,
  withOrder,
  type Instruments,
  type ParsedFill,
  type Policy,
} from '@slipstream/domain';
import type { Meta, Outgoing } from '@slipstream/streams';
import { blockedFor } from './kill-switch.js';
import type { Providers } from './state.js';

/**
 * Fills of a provider become its next order, or two through zero. Fills whose sequence was taken before are refused and
 * the fresh ones of the same record are applied; one bad fill refuses all that is fresh.
 */
export function takeOrder(
  state: Providers,
  command: RecordProviderFills,
  instruments: Instruments,
  policy: Policy,
): (ProviderOrderTaken | ProviderFillsRefused)[] {
  const provider = state.provider(command.providerId);
  if (command.fills.length === 0) return [];
  if (!provider) return [refused(command, command.fills, 'provider_unknown', 'The provider is not registered.')];
  if (command.clientOrderId !== null && isCopyOrderId(command.clientOrderId))
    return [refused(command, command.fills, 'copy_of_copy', 'An order of a copy is no order of a provider.')];
  const { fresh, repeated } = splitRepeated(command.fills, provider.lastSequence);
  const events: (ProviderOrderTaken | ProviderFillsRefused)[] = [];
  if (repeated.length > 0) {
    const detail = `${repeated.length} of ${command.fills.length} fills have a sequence that is not above the last one taken.`;
    events.push(refused(command, repeated, 'sequence_repeated', detail));
  }
  if (fresh.length === 0) return events;
  const parsed: ParsedFill[] = [];
  for (const fill of fresh) {
    const result = parseFill(fill);
    if (typeof result === 'string') return [...events, refused(command, fresh, 'fill_invalid', result)];
    parsed.push(result);
  }
  const { prices } = state.marks;
  const blocked = blockedFor(state, provider.providerId, policy);
  const market = { mark: (instrument: string) => prices[instrument], instruments, blocked };
  const owed = state.owedBy(provider.providerId);
  for (const taken of takeOrders(provider, command, parsed, market)) {
    events.push({ type: 'ProviderOrderTaken', ...taken, owed });
  }
  return events;
}

/** Sequences must rise, within the record too. */
function splitRepeated(fills: readonly SourceFill[], last: number): { fresh: SourceFill[]; repeated: SourceFill[] } {
  const fresh: SourceFill[] = [];
  const repeated: SourceFill[] = [];
  for (const fill of fills) {
    if (fill.sequence <= (fresh.at(-1)?.sequence ?? last)) repeated.push(fill);
    else fresh.push(fill);
  }
  return { fresh, repeated };
}

function refused(
  command: RecordProviderFills,
  fills: readonly SourceFill[],
  reason: ProviderFillsRefused['reason'],
  detail: string,
): ProviderFillsRefused {
  const first = fills[0] as SourceFill;
  const last = fills.at(-1) as SourceFill;
  return {
    type: 'ProviderFillsRefused',
    providerId: command.providerId,
    firstSequence: first.sequence,
    lastSequence: last.sequence,
    reason,
    detail,
    occurredAt: last.occurredAt,
  };
}

export function orderTaken(state: Providers, event: ProviderOrderTaken): void {
  const provider = state.provider(event.order.providerId);
  if (!provider) throw new Error(`order of ${event.order.providerId}, which is not registered`);
  state.setProvider(withOrder(provider, event));
}

/** One CopyOrders per accounts partition that has copies of this provider. */
export function copyOrders(state: Providers, event: ProviderOrderTaken, meta: Meta): Outgoing[] {
  const { providerId, providerOrderId } = event.order;
  const owed = state.owedBy(providerId);
  if (owed !== event.owed)
    throw new Error(`${providerOrderId} is owed to ${event.owed} copies, the followers are ${owed}`);
  const commands: Outgoing[] = [];
  state.lanesOf(providerId).forEach((copies, partition) => {
    if (copies.length === 0) return;
    const record: CopyOrders = { type: 'CopyOrders', line: meta.partition, order: event.order, copies };
    commands.push({ to: streams.accountsCommands, record, key: null, partition });
  });
  return commands;
}
