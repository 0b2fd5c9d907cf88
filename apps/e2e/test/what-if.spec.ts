import fc from 'fast-check';
import type { CopySettings, MarkPrices, ProviderOrder, SourceFill } from '@slipstream/contracts';
import {
  decimal,
  defaultCopySettings,
  defaultPolicy,
  instrumentTable,
  ProviderLine,
  simulateCopy,
  text,
  type LineRecord,
} from '@slipstream/domain';
import { describeWithData } from './data.js';
import { foldInStep } from './in-step.js';
import { realLines } from './real-lines.js';
import { expectSame } from './same-copy.js';

const instruments = instrumentTable({
  X: { lot: '0.001', minimumNotional: '5' },
  Y: { lot: '1', tick: '0.01', contractSize: '0.1' },
});
const policy = { ...defaultPolicy, levels: null };

/** What the provider does, in its own words: made into a line by the platform's own rules. */
interface Move {
  readonly instrument: 'X' | 'Y';
  readonly side: 'buy' | 'sell';
  readonly positionSide: 'long' | 'short' | 'net';
  readonly quantity: number;
  /** Of the price before, in thousandths. */
  readonly moves: number;
  readonly seconds: number;
  /** The fill beside the mark, in thousandths. */
  readonly beside: number;
  readonly marksOnly: boolean;
}

function lineOf(moves: readonly Move[]): LineRecord[] {
  const provider = new ProviderLine('p', '10000', instruments);
  const prices = { X: decimal('100'), Y: decimal('20') };
  const line: LineRecord[] = [];
  let at = 86_400_000 * 3 - 30_000;
  moves.forEach((move, index) => {
    at += move.seconds * 1000;
    const { instrument, side, positionSide } = move;
    prices[instrument] = prices[instrument]
      .times(decimal(String(1000 + move.moves)))
      .times(decimal('0.001'))
      .round(4);
    const price = text(prices[instrument]);
    const boundary = at % 86_400_000 === 0;
    const marks: MarkPrices = { type: 'MarkPrices', at, boundary, line: null, marks: [{ instrument, price }] };
    line.push(...provider.take(marks));
    if (move.marksOnly) return;
    const fill: SourceFill = {
      sequence: index + 1,
      tradeId: null,
      price: text(prices[instrument].times(decimal(String(1000 + move.beside))).times(decimal('0.001'))),
      quantity: String(move.quantity),
      fee: '0',
      feeAsset: 'USDT',
      realisedPnl: null,
      occurredAt: at,
    };
    const order = { instrument, side, positionSide, leverage: null, marginMode: null, fills: [fill] };
    const ids = { providerId: 'p', venueOrderId: null, clientOrderId: null };
    line.push(...provider.take({ type: 'RecordProviderFills', ...ids, ...order }));
  });
  return line;
}

const moves = fc.array(
  fc.record<Move>({
    instrument: fc.constantFrom('X', 'Y'),
    side: fc.constantFrom('buy', 'sell'),
    positionSide: fc.constantFrom('net', 'long', 'short'),
    quantity: fc.integer({ min: 1, max: 60 }),
    moves: fc.integer({ min: -120, max: 120 }),
    seconds: fc.integer({ min: 0, max: 90 }),
    beside: fc.constantFrom(0, 0, 0, 1, -1, 30, -30),
    marksOnly: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);
const optional = <T extends string>(...values: T[]) => fc.constantFrom<T | null>(null, null, ...values);
const settings = fc
  .record({
    mode: fc.constantFrom('fixed_amount', 'proportional', 'multiplier', 'ratio_copy'),
    multiplier: fc.constantFrom('0.5', '3'),
    copyAmt: fc.constantFrom('40', '300'),
    copyRatio: fc.constantFrom('0.05', '0.7'),
    leverageMode: fc.constantFrom('follow', 'own'),
    leverage: fc.constantFrom('3', '20'),
    marginMode: optional('cross', 'isolated'),
    maxLoss: optional('0.1', '0.3'),
    slTotalAmt: optional('30', '200'),
    tpRatio: optional('0.05', '0.2'),
    slRatio: optional('0.05', '0.2'),
    maxOpenTrades: fc.constantFrom(null, 1),
    maxPerTrade: optional('0.2'),
    maxHoldSize: optional('150'),
    overLimit: fc.constantFrom('shrink', 'skip'),
    allowPartial: fc.boolean(),
    stopCopyOnClose: fc.boolean(),
    subPosCloseType: fc.constantFrom('market_close', 'copy_close', 'manual_close'),
  })
  .map((own) => ({ ...defaultCopySettings, ...own }));

test('the what-if of a copy is what the folds of the platform do with it, on random histories', async () => {
  const causes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(moves, settings, async (history, own) => {
      const line = lineOf(history);
      const whatIf = { settings: own, copyTotalAmt: '500', instruments, policy };
      const what = simulateCopy(line, whatIf);
      expectSame(what, await foldInStep(line, 'p', whatIf));
      for (const { terms } of what.ownOrders) causes.add(terms.causeType);
      for (const reason of Object.keys(what.skips)) causes.add(reason);
    }),
    { numRuns: Number(process.env['WHAT_IF_RUNS'] ?? 1500) },
  );
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
        const whatIf = { settings: own, copyTotalAmt: '1000', instruments: instrumentTable(), policy };
        const what = simulateCopy(line, whatIf);
        expectSame(what, await foldInStep(line, providerId, whatIf));
        expect(what.trades.length).toBeGreaterThan(20);
      }
    },
    60_000,
  );
});
