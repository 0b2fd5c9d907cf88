import type { AnyRecord, CopyEnd, SettlementReceipt } from '@slipstream/contracts';
import { text, type SimulatedCopy } from '@slipstream/domain';

/** A copy as the platform ran it: its events of accounts.events and its ends, in their order. */
export interface CopyThatWas {
  readonly journal: readonly AnyRecord[];
  readonly ends: readonly CopyEnd[];
  readonly settlements: readonly SettlementReceipt[];
}

/** Exactly the same decisions, orders, ends and settlements, in the same order. */
export function expectSame(what: SimulatedCopy, folded: CopyThatWas): void {
  const decided = folded.journal.flatMap((event) =>
    event.type === 'CopiesDecided'
      ? [{ orderNo: event.order.orderNo, placed: event.placed[0] ?? null, skipped: event.skipped[0] ?? null }]
      : [],
  );
  // A copy that has stopped says so to every order that still comes; the simulation is over then.
  expect(what.decisions).toEqual(decided.slice(0, what.decisions.length));
  for (const { skipped } of decided.slice(what.decisions.length)) expect(skipped?.reason).toBe('copy_stopped');
  expect(what.trades).toEqual(folded.ends);
  expect(what.ownOrders).toEqual(folded.journal.filter(({ type }) => type === 'CopyOrdersPlaced'));
  const stops = folded.journal.flatMap((event) => (event.type === 'CopyStopping' ? [event.reason] : []));
  expect(what.stopped).toBe(stops.at(-1) ?? null);
  const insured = folded.journal.flatMap((event) => (event.type === 'InsuranceDrawn' ? [event.amount] : []));
  expect(what.insured).toBe(insured[0] ?? '0');
  const said = folded.settlements.map(({ settlementId, newProfit, providerGross, dueAfter, equityAfter, gapAfter }) => [
    ...[settlementId, newProfit, providerGross, dueAfter, equityAfter, gapAfter],
  ]);
  expect(
    what.settlements.map(({ settlementId, newProfit, providerGross, dueAfter, equityAfter, gapAfter }) => [
      ...[settlementId, ...[newProfit, providerGross, dueAfter, equityAfter, gapAfter].map(text)],
    ]),
  ).toEqual(said);
}
