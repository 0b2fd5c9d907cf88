import fc from 'fast-check';
import type { CopySettings, ProviderOrder } from '@slipstream/contracts';
import { decimal, defaultCopySettings, instrumentTable, simulateCopy, text, type LineRecord } from '@slipstream/domain';
import { describeWithData } from './data.js';
import { instruments, lineOf, moves, policy, settings, startOfHistories } from './histories.js';
import { foldInStep } from './in-step.js';
import { realLines } from './real-lines.js';
import { expectSame } from './same-copy.js';

/** Of the provider; none: the copy isn't settled. */
const terms = fc.constantFrom(
  null,
  { profitShareRatio: '0.1', settlementPeriod: 'weekly' as const },
  { profitShareRatio: '0.3', settlementPeriod: 'monthly' as const },
);

const commissions = fc.constantFrom('0', '0', '0.35');

test('the what-if of a copy is what the folds of the platform do with it, on random histories', async () => {
  const causes = new Set<string>();
  let [paid, commissioned] = [0, 0];
  await fc.assert(
    fc.asyncProperty(moves, settings, terms, commissions, async (history, own, taken, commission) => {
      const line = lineOf(history);
      const fees = taken ? { fees: { providerId: 'p', terms: taken, startedAt: startOfHistories } } : {};
      const rules = { ...policy, copiedOrderCommission: decimal(commission) };
      const whatIf = { settings: own, copyTotalAmt: '500', instruments, policy: rules, ...fees };
      const what = simulateCopy(line, whatIf);
      if (what.commission !== '0') commissioned += 1;
      expectSame(what, await foldInStep(line, 'p', whatIf));
      if (what.profitShare !== '0') paid += 1;
      for (const { terms } of what.ownOrders) causes.add(terms.causeType);
      for (const reason of Object.keys(what.skips)) causes.add(reason);
    }),
    { numRuns: Number(process.env['WHAT_IF_RUNS'] ?? 1500) },
  );
  expect(Math.min(paid, commissioned)).toBeGreaterThan(5);
  // The histories are such that everything happens that can happen to a copy of one provider.
  for (const cause of ['take_profit', 'stop_loss', 'max_loss', 'liquidation', 'sliced_exit', 'stop', 'copy_stopping'])
    expect(causes).toContain(cause);
  for (const reason of [
    'joined_after_open',
    'insufficient_balance',
    'below_lot',
    'below_minimum',
    'closed_by_follower',
  ])
    expect(causes).toContain(reason);
});

const isOrder = (record: LineRecord): record is ProviderOrder => 'orderNo' in record;

test('figures add up, positions have the right sign, nothing is left when the provider has closed all', () => {
  fc.assert(
    fc.property(moves, settings, (history, own) => {
      const line = lineOf(history);
      const what = simulateCopy(line, { settings: own, copyTotalAmt: '500', instruments, policy });
      const orders = line.filter(isOrder).length;
      const skips = Object.values(what.skips).reduce((sum, n) => sum + n, 0);
      const placed = what.decisions.filter((decision) => decision.placed).length;
      expect(skips + placed).toBe(what.decisions.length);
      if (what.stopped === null) expect(what.decisions).toHaveLength(orders);
      expect(what.trades).toHaveLength(placed + what.ownOrders.length);
      const total = (pick: (end: (typeof what.trades)[number]) => string): string =>
        text(what.trades.reduce((sum, end) => sum.plus(decimal(pick(end))), decimal('0')));
      expect([total((end) => end.realisedPnl), total((end) => end.fee)]).toEqual([what.realisedPnl, what.fees]);
      // Hedge mode: what is long was bought first, what is short was sold first.
      const held = new Map<string, ReturnType<typeof decimal>>();
      for (const end of what.trades) {
        const key = `${end.instrument}/${end.positionSide}`;
        const signed = end.side === 'buy' ? decimal(end.quantity) : decimal(end.quantity).neg();
        const now = (held.get(key) ?? decimal('0')).plus(signed);
        held.set(key, now);
        if (end.positionSide === 'long') expect(now.gte(decimal('0'))).toBe(true);
        if (end.positionSide === 'short') expect(now.lte(decimal('0'))).toBe(true);
      }
      const flat = [...held.values()].every((quantity) => quantity.eq(decimal('0')));
      if (!flat) return;
      const kept = decimal('500').plus(decimal(what.realisedPnl)).minus(decimal(what.fees)).plus(decimal(what.insured));
      expect(what.equity).toBe(text(kept));
    }),
    { numRuns: 10_000 },
  );
});

describeWithData('the real fills, in each copy mode, alone and guarded', () => {
  const guards: Partial<CopySettings> = {
    tpRatio: '0.1',
    slRatio: '0.05',
    maxLoss: '0.3',
    leverageMode: 'own',
    leverage: '5',
  };
  const lines = new Map<string, LineRecord[]>();
  let shares = 0;

  beforeAll(async () => {
    for (const [providerId, line] of await realLines(instrumentTable())) lines.set(providerId, line);
    expect(lines.size).toBe(4);
  });

  test.each(
    (['fixed_amount', 'proportional', 'multiplier', 'ratio_copy'] as const).flatMap((mode) => [
      [mode, 'alone', {}],
      [mode, 'guarded', guards],
    ]) as [CopySettings['mode'], string, Partial<CopySettings>][],
  )(
    '%s, %s: the what-if is what the folds do',
    async (mode, _, guarded) => {
      const sizes = { copyAmt: '50', multiplier: '2', copyRatio: '0.1' };
      for (const [providerId, line] of lines) {
        const own = { ...defaultCopySettings, ...sizes, ...guarded, mode };
        const [first] = line;
        const startedAt = first === undefined ? 0 : isOrder(first) ? first.occurredAt : first.at;
        const fees = { providerId, terms: { profitShareRatio: '0.1', settlementPeriod: 'weekly' as const }, startedAt };
        const whatIf = { settings: own, copyTotalAmt: '1000', instruments: instrumentTable(), policy, fees };
        const what = simulateCopy(line, whatIf);
        shares += what.profitShare === '0' ? 0 : 1;
        expectSame(what, await foldInStep(line, providerId, whatIf));
        expect(what.trades.length).toBeGreaterThan(20);
      }
    },
    60_000,
  );

  test('some of them have paid their provider', () => {
    expect(shares).toBeGreaterThan(4);
  });
});
