import type { AnyRecord, CopyEnd, ShareCharged } from '@slipstream/contracts';
import { decimal, text, zero, type Decimal } from '@slipstream/domain';
import fc from 'fast-check';
import { SettlementWorld, type Move } from './settlement-world.js';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 150);

const follower = fc.integer({ min: 0, max: 2 });
const amount = fc.integer({ min: 50, max: 900 });
const plain = (...kinds: ('open' | 'close' | 'week' | 'late_week' | 'repeat' | 'answer' | 'reload')[]) =>
  fc.constantFrom(...kinds).map((kind): Move => ({ kind }));
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: plain('open', 'close') },
    { weight: 5, arbitrary: fc.integer({ min: 60, max: 160 }).map((price): Move => ({ kind: 'mark', price })) },
    { weight: 4, arbitrary: plain('week', 'late_week', 'repeat') },
    { weight: 4, arbitrary: plain('answer', 'reload') },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('add' as const, 'take' as const), follower, amount }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'rejoin' as const), follower, amount }),
    },
    { weight: 1, arbitrary: fc.constantFrom('0.05', '0.3').map((ratio): Move => ({ kind: 'announce', ratio })) },
    { weight: 1, arbitrary: fc.constant<Move>({ kind: 'retire' }) },
  ),
  { minLength: 10, maxLength: 50 },
);
const terms = fc.constantFrom(
  { feeModel: 'profit_share' as const, profitShareRatio: '0.1', subscriptionPrice: null },
  { feeModel: 'profit_share' as const, profitShareRatio: '0.2', subscriptionPrice: null },
  { feeModel: 'subscription' as const, profitShareRatio: '0', subscriptionPrice: '700' },
);

function run(all: readonly Move[], fees: Fees, reloads: boolean) {
  const world = new SettlementWorld(fees, reloads);
  for (const move of all) world.move(move);
  world.end();
  return world;
}
type Fees = ConstructorParameters<typeof SettlementWorld>[0];

const sum = (values: readonly string[]): Decimal => values.reduce((total, value) => total.plus(decimal(value)), zero);
const of = <T extends AnyRecord['type']>(events: readonly AnyRecord[], type: T) =>
  events.filter((event): event is Extract<AnyRecord, { type: T }> => event.type === type);
const charges = (world: SettlementWorld): ShareCharged[] =>
  of(world.accounts, 'ProfitShareCharged').flatMap((event) => event.charges);
const receipts = (world: SettlementWorld) => of(world.settlements, 'ProfitShareSettled').flatMap((one) => one.receipts);

test('money is conserved: wallets, copies, providers and platform have what was deposited and made', () => {
  fc.assert(
    fc.property(moves, terms, (all, fees) => {
      const world = run(all, fees, true);
      const ends: CopyEnd[] = of(world.accounts, 'CopyOrdersEnded').flatMap((event) => event.ends);
      const made = sum(ends.map(({ realisedPnl }) => realisedPnl)).minus(sum(ends.map(({ fee }) => fee)));
      const insured = sum(of(world.accounts, 'InsuranceDrawn').map((event) => event.amount));
      const months = of(world.accounts, 'SubscriptionsCharged').flatMap((event) =>
        event.charges.filter(({ paid }) => paid),
      );
      const paid = sum([...charges(world).map(({ charged }) => charged), ...months.map(({ price }) => price)]);
      const parts = [...charges(world), ...months].flatMap(({ platformFee, providerNet }) => [
        platformFee,
        providerNet,
      ]);
      const held = ['a', 'b', 'c'].reduce((total, accountId) => {
        const cash = world.sizer.state.copiesOf(accountId).reduce((all, { copy }) => all.plus(copy.cash), zero);
        return total.plus(world.sizer.state.account(accountId).wallet).plus(cash);
      }, zero);
      expect(text(sum(parts))).toBe(text(paid));
      expect(text(held.plus(paid))).toBe(text(decimal('15000').plus(made).plus(insured)));
    }),
    { numRuns },
  );
});

test('each settlement is charged once, never beyond what was there, and has one receipt that says so', () => {
  fc.assert(
    fc.property(moves, terms, (all, fees) => {
      const world = run(all, fees, true);
      const said = charges(world);
      expect(new Set(said.map(({ settlementId }) => settlementId)).size).toBe(said.length);
      for (const { charged, available, owed, due } of said) {
        expect(decimal(charged).lte(decimal(available))).toBe(true);
        expect(text(decimal(charged).plus(decimal(due)))).toBe(owed);
      }
      const told = receipts(world);
      expect(new Set(told.map(({ settlementId }) => settlementId)).size).toBe(told.length);
      const charged = new Map(said.map((one) => [one.settlementId, one]));
      for (const receipt of told) {
        const { accrued, newProfit, profitShareRatio, dueBefore, dueAfter, providerGross } = receipt;
        expect(providerGross).toBe(charged.get(receipt.settlementId)?.charged ?? '0');
        expect(text(decimal(newProfit).times(decimal(profitShareRatio)).round(8))).toBe(accrued);
        expect(text(decimal(dueBefore).plus(decimal(accrued)).minus(decimal(providerGross)))).toBe(dueAfter);
      }
    }),
    { numRuns },
  );
});

test('everybody who stops gets the rest back, and nothing is left waiting', () => {
  fc.assert(
    fc.property(moves, terms, (all, fees) => {
      const world = run(all, fees, true);
      for (const accountId of ['a', 'b', 'c'])
        for (const { copy } of world.sizer.state.copiesOf(accountId)) expect(copy.status).toBe('stopped');
      for (const [id, value] of world.settlement.store.entries())
        expect([id, Object.keys(value)]).toEqual([expect.stringMatching(/^pair\//), expect.anything()]);
    }),
    { numRuns },
  );
});

test('a crash between any two records changes nothing that is said', () => {
  fc.assert(
    fc.property(moves, terms, (all, fees) => {
      const [crashing, steady] = [run(all, fees, true), run(all, fees, false)];
      expect(crashing.accounts).toEqual(steady.accounts);
      expect(crashing.settlements).toEqual(steady.settlements);
    }),
    { numRuns },
  );
});
