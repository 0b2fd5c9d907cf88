import { decimal, defaultPolicy, text, zero, type Decimal } from '@slipstream/domain';
import fc from 'fast-check';
import type { FeeTerms } from '@slipstream/contracts';
import { accountIds, MoneyWorld, providerIds, type Move, type Told } from './money-world.js';
import { SharesTwin } from './shares-twin.js';

const runs = Number(process.env['PROPERTY_RUNS'] ?? 400);
const account = fc.constantFrom(...accountIds);
const provider = fc.constantFrom(...providerIds);
const who = fc.constantFrom('accounts' as const, 'settlement' as const);
const money = fc.integer({ min: 5_000, max: 90_000 }).map((n) => text(decimal(String(n)).times('0.01')));
const n = fc.nat(1000);

const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const move: fc.Arbitrary<Move> = fc.oneof(
  weighted(2, fc.record({ kind: fc.constant('deposit' as const), account, amount: money })),
  weighted(1, fc.record({ kind: fc.constant('withdraw' as const), account, amount: money })),
  weighted(4, fc.record({ kind: fc.constant('start' as const), account, provider, amount: money })),
  weighted(
    3,
    fc.record({
      ...{ kind: fc.constant('fund' as const), account, provider },
      amount: fc.tuple(money, fc.boolean()).map(([amount, out]) => (out ? `-${amount}` : amount)),
    }),
  ),
  weighted(7, fc.record({ kind: fc.constant('order' as const), provider, n })),
  weighted(
    1,
    fc.record({ kind: fc.constantFrom('retire' as const, 'announce' as const, 'announce' as const), provider, n }),
  ),
  weighted(
    8,
    fc.record({
      kind: fc.constant('time' as const),
      minutes: fc.constantFrom(1, 360, 1440, 7200, 20_000, 44_000),
      late: fc.boolean(),
      price: fc.constantFrom('0.7', '0.93', '0.99', '1', '1.02', '1.08', '1.35'),
    }),
  ),
  weighted(
    2,
    fc.record({
      ...{ kind: fc.constant('stop' as const), account, provider },
      how: fc.constantFrom('market_close' as const, 'copy_close' as const, 'manual_close' as const),
    }),
  ),
  weighted(8, fc.record({ kind: fc.constant('deliver' as const), steps: fc.array(fc.nat(2), { maxLength: 12 }) })),
  weighted(1, fc.record({ kind: fc.constantFrom('crash' as const, 'crash' as const, 'save' as const), who })),
  weighted(1, fc.record({ kind: fc.constant('repeat' as const), n })),
);
const histories = fc.array(move, { minLength: 20, maxLength: 120, size: 'max' });
const commissions = fc.constantFrom('0', '0', '0.35');

function lived(moves: readonly Move[], commission: string): MoneyWorld {
  const world = new MoneyWorld({ ...defaultPolicy, copiedOrderCommission: decimal(commission) });
  for (const accountId of accountIds) world.take({ kind: 'deposit', account: accountId, amount: '2000' });
  for (const one of moves) world.take(one);
  world.end();
  return world;
}

const sum = (amounts: readonly string[]): Decimal => amounts.reduce((total, one) => total.plus(one), zero);

/** Wallets + copies + earnings + platform = what came in − what went out + PnL + insured. */
function expectConserved({ accounts }: MoneyWorld, money: Decimal): void {
  const charges = accounts.events('ProfitShareCharged').flatMap((event) => event.charges);
  const months = accounts.events('SubscriptionsCharged').flatMap((event) => event.charges);
  const ends = accounts.events('CopyOrdersEnded').flatMap((event) => event.ends);
  const earned = sum([...charges, ...months].map(({ providerNet }) => providerNet));
  const platform = sum([
    ...[...charges, ...months].map(({ platformFee }) => platformFee),
    ...ends.map(({ commission }) => commission),
  ]);
  const paidIn = sum(accounts.events('FundsDeposited').map(({ amount }) => amount));
  const paidOut = sum(accounts.events('FundsWithdrawn').map(({ amount }) => amount));
  const pnl = sum(ends.map(({ realisedPnl }) => realisedPnl)).minus(sum(ends.map(({ fee }) => fee)));
  const insured = sum(accounts.events('InsuranceDrawn').map(({ amount }) => amount));
  expect(text(money.plus(earned).plus(platform))).toBe(text(paidIn.minus(paidOut).plus(pnl).plus(insured)));
  for (const { charged, platformFee, providerNet, available, owed, due } of charges) {
    expect(text(decimal(charged).plus(due))).toBe(owed);
    expect(text(decimal(platformFee).plus(providerNet))).toBe(charged);
    expect(decimal(charged).lte(available) && decimal(charged).lte(owed) && decimal(charged).gte(zero)).toBe(true);
  }
}

/** Every copy has come to its end, was settled for it once, and nothing is left in it. */
function expectOver({ accounts, settlement }: MoneyWorld): void {
  for (const accountId of accountIds) {
    expect(accounts.state.account(accountId).wallet.gte(zero)).toBe(true);
    for (const { copy } of accounts.state.copiesOf(accountId))
      expect([copy.status, text(copy.cash)]).toEqual(['stopped', '0']);
    // Settlement waits for nobody.
    for (const { terms } of accounts.state.copiesOf(accountId))
      expect(settlement.state.share(terms.copyId)).toBeUndefined();
  }
  const stops = accounts.events('CopiesMeasured').filter(({ cause }) => cause === 'stop');
  const measured = stops.flatMap((event) => event.copies.map(({ copyId }) => copyId)).sort();
  expect(
    accounts
      .events('CopyStopped')
      .map(({ copyId }) => copyId)
      .sort(),
  ).toEqual(measured);
  const ended = settlement.events('ProfitShareSettled').flatMap((event) => event.receipts);
  expect(
    ended
      .filter(({ cause }) => cause === 'stop')
      .map(({ copyId }) => copyId)
      .sort(),
  ).toEqual(measured);
}

/** Receipts are those of the twin, each once; a copy's follow on each other. */
function expectReceipts({ accounts, settlement }: MoneyWorld): number {
  const twin = new SharesTwin(accounts.journal);
  for (const { charged } of twin.strange) expect(charged).toBe('0');
  const receipts = settlement.events('ProfitShareSettled').flatMap((event) => event.receipts);
  const said = receipts.map((receipt) => ({
    ...{ settlementId: receipt.settlementId, until: receipt.until, newProfit: receipt.newProfit },
    ...{ accrued: receipt.accrued, owed: text(decimal(receipt.dueBefore).plus(receipt.accrued)) },
    ...{ charged: receipt.providerGross, due: receipt.dueAfter, gap: receipt.gapAfter },
  }));
  const byId = (a: { settlementId: string }, b: { settlementId: string }): number =>
    a.settlementId < b.settlementId ? -1 : 1;
  expect(said.sort(byId)).toEqual([...twin.receipts.values()].sort(byId));
  expect(new Set(receipts.map(({ settlementId }) => settlementId)).size).toBe(receipts.length);
  const charges = accounts.events('ProfitShareCharged').flatMap((event) => event.charges);
  const taken = charges.filter(({ charged }) => charged !== '0').map(({ settlementId }) => settlementId);
  expect(new Set(taken).size).toBe(taken.length);
  for (const receipt of receipts) {
    const { settlementId, accrued, newProfit, profitShareRatio, dueBefore, dueAfter, providerGross } = receipt;
    // The first answer is the one that counts; a charge that comes again takes nothing.
    expect(providerGross).toBe(charges.find((one) => one.settlementId === settlementId)?.charged ?? '0');
    expect(text(decimal(newProfit).times(profitShareRatio).round(8))).toBe(accrued);
    expect(text(decimal(dueBefore).plus(accrued).minus(providerGross))).toBe(dueAfter);
  }
  const last = new Map<string, (typeof receipts)[number]>();
  for (const receipt of receipts) {
    const before = last.get(receipt.copyId);
    last.set(receipt.copyId, receipt);
    if (!before) continue;
    const { from, equityOpening, gapOpening, dueBefore } = receipt;
    const { until, equityAfter, gapAfter, dueAfter } = before;
    expect([from, equityOpening, gapOpening, dueBefore]).toEqual([until, equityAfter, gapAfter, dueAfter]);
  }
  return receipts.length;
}

/** What a provider asks for from a moment on: the last that was told to hold by then, unless a later word took its place before. */
function termsAt(told: readonly Told[], providerId: string, at: number): FeeTerms {
  let [now, next] = [told.find((one) => one.providerId === providerId) as Told, null as Told | null];
  for (const one of told) {
    if (one.providerId !== providerId || one === now) continue;
    if (next && next.effectiveFrom <= one.at) now = next;
    next = one;
  }
  return (next && next.effectiveFrom <= at ? next : now).fees;
}

/** Each month costs what is asked for when it begins, and none is asked for where a share is. */
function expectPrices({ settlement, told }: MoneyWorld): number {
  const asked = settlement.events('SubscriptionDue').flatMap((event) => event.charges);
  for (const { chargeId, providerId, price, from } of asked) {
    const before = told.filter(({ at }) => at <= from);
    expect([chargeId, price]).toEqual([chargeId, termsAt(before, providerId, from).subscriptionPrice]);
  }
  return asked.filter(({ providerId, from }) =>
    told.some((one) => one.providerId === providerId && one.at > 0 && one.effectiveFrom <= from),
  ).length;
}

/** Months follow on each other and are paid once; who doesn't pay is stopped. */
function expectMonths({ accounts, settlement }: MoneyWorld): number {
  const charges = accounts.events('SubscriptionsCharged').flatMap((event) => event.charges);
  const paid = charges.filter((charge) => charge.paid && charge.providerNet !== '0');
  expect(new Set(paid.map(({ chargeId }) => chargeId)).size).toBe(paid.length);
  for (const { platformFee, providerNet, price } of paid)
    expect(text(decimal(platformFee).plus(providerNet))).toBe(price);
  const receipts = settlement.events('SubscriptionSettled').flatMap((event) => event.receipts);
  expect(
    receipts
      .filter((receipt) => receipt.paid)
      .map(({ chargeId }) => chargeId)
      .sort(),
  ).toEqual(paid.map(({ chargeId }) => chargeId).sort());
  expect(new Set(receipts.map(({ chargeId, paid: was }) => `${chargeId} ${was}`)).size).toBe(receipts.length);
  const until = new Map<string, number>();
  for (const { copyId, from, until: to } of paid) {
    // A gap is where the provider took a share meanwhile.
    expect(from).toBeGreaterThanOrEqual(until.get(copyId) ?? from);
    until.set(copyId, to);
  }
  const reasons = accounts.events('CopyStopping').filter(({ reason }) => reason === 'subscription_unpaid');
  for (const { copyId } of reasons)
    expect(charges.some((charge) => charge.copyId === copyId && !charge.paid)).toBe(true);
  return paid.length;
}

/** Lives through histories and says how often what they are about has happened. */
function live(parameters: fc.Parameters<unknown>): readonly number[] {
  let [settled, months, due, unpaid, changed, insured, rejected] = [0, 0, 0, 0, 0, 0, 0];
  fc.assert(
    fc.property(histories, commissions, (moves, commission) => {
      const world = lived(moves, commission);
      expectConserved(world, world.money());
      expectOver(world);
      settled += expectReceipts(world);
      months += expectMonths(world);
      changed += expectPrices(world);
      insured += world.accounts.events('InsuranceDrawn').length;
      const ends = world.accounts.events('CopyOrdersEnded').flatMap((event) => event.ends);
      rejected += ends.filter(({ type, orderNo }) => type === 'CopyRejected' && orderNo === null).length;
      const receipts = world.settlement.events('ProfitShareSettled').flatMap((event) => event.receipts);
      due += receipts.filter(({ dueAfter }) => dueAfter !== '0').length;
      unpaid += world.accounts.events('CopyStopping').filter(({ reason }) => reason === 'subscription_unpaid').length;
    }),
    parameters as fc.Parameters<Parameters<typeof lived>>,
  );
  return [settled, months, due, unpaid, changed, insured, rejected];
}

test('on any history money is conserved, each settlement is charged once, and receipts are those of a naive twin', () => {
  live({ numRuns: runs });
}, 240_000);

test('and on fixed ones, in which all happens that they are about', () => {
  expect(Math.min(...live({ numRuns: 600, seed: 4 }))).toBeGreaterThan(0);
}, 240_000);
