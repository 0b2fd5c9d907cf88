import { streams, type AumMeasured, type RecordAum } from '@slipstream/contracts';
import {
  aumOf,
  copyEquity,
  isUnderWay,
  text,
  zero,
  type Decimal,
  type Instruments,
  type MarkOf,
} from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import type { Accounts } from './state.js';

/**
 * What the copies of this partition hold of each provider of a line: Σ min(copyTotalAmt, copy equity) over the copies that
 * aren't stopped (DOMAIN, Statistics: aum). A copy that has lost more than it had counts as nothing.
 */
export function measureAum(
  state: Accounts,
  line: number,
  at: number,
  mark: MarkOf,
  instruments: Instruments,
): AumMeasured[] {
  const sums = new Map<string, { aum: Decimal; copies: number }>();
  for (const entry of state.copiesOn(line)) {
    if (!isUnderWay(entry.copy)) continue;
    const { copy, terms } = entry;
    const sum = sums.get(terms.providerId) ?? { aum: zero, copies: 0 };
    const worth = aumOf(terms.copyTotalAmt, copyEquity(copy, mark, instruments));
    sums.set(terms.providerId, { aum: sum.aum.plus(worth), copies: sum.copies + 1 });
  }
  if (sums.size === 0) return [];
  const providers = [...sums.keys()].sort().map((providerId) => {
    const { aum, copies } = sums.get(providerId) as { aum: Decimal; copies: number };
    return { providerId, aum: text(aum), copies };
  });
  return [{ type: 'AumMeasured', line, at, providers }];
}

/** Each provider of the line is told. */
export function reportAum(state: Accounts, { line, at, providers }: AumMeasured): Outgoing[] {
  return providers.map(({ providerId, aum, copies }) => {
    const record: RecordAum = { type: 'RecordAum', providerId, accountsPartition: state.partition, at, aum, copies };
    return { to: streams.providersCommands, record, key: providerId, partition: line };
  });
}
