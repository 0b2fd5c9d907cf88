import fc from 'fast-check';
import type { AnyRecord, CopySettings } from '@slipstream/contracts';
import { decimal, isZero, text } from '@slipstream/domain';
import { Mover, oneMove, settings, startingPrices, startOfHistories, type Move } from '../histories.js';
import {
  application,
  followerAsks,
  ofCopy,
  ofProvider,
  providerAsks,
  start,
  type OfCopy,
  type OfProvider,
} from './asked.js';
import { Platform, providerIds, type ProviderId } from './platform.js';

const runs = Number(process.env['NAIVE_RUNS'] ?? 500);

type Step = { readonly waits: boolean } & (
  | { readonly kind: 'move'; readonly provider: ProviderId; readonly move: Move }
  | { readonly kind: 'back'; readonly count: number }
  | OfCopy
  | OfProvider
);

const move = fc.record({
  kind: fc.constant('move' as const),
  provider: fc.constantFrom<ProviderId>('p', 'p', 'q'),
  move: oneMove,
});
const back = fc.record({ kind: fc.constant('back' as const), count: fc.integer({ min: 1, max: 4 }) });
const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: move },
      { weight: 5, arbitrary: back },
      { weight: 3, arbitrary: ofCopy },
      { weight: 1, arbitrary: ofProvider },
    ),
    fc.constantFrom(false, false, false, true),
  )
  .map(([one, waits]) => ({ ...one, waits }));

/** Two copies of p and one of q at the start, by two followers who hold money beside. */
const firstCopies = [
  { accountId: 'a', providerId: 'p' },
  { accountId: 'b', providerId: 'p' },
  { accountId: 'a', providerId: 'q' },
] as const;

class History {
  readonly platform: Platform;
  private readonly movers: Record<ProviderId, Mover>;
  private at = startOfHistories;
  private readonly last = new Map<ProviderId | '', AnyRecord>();

  constructor(salt: number) {
    this.platform = new Platform(salt);
    const prices = startingPrices();
    this.movers = { p: new Mover('p', prices), q: new Mover('q', prices) };
  }

  async begin(chosen: readonly CopySettings[]): Promise<void> {
    for (const id of providerIds) this.platform.toProvider(id, application(id));
    for (const [accountId, amount] of [
      ['a', '1200'],
      ['b', '700'],
    ] as const) {
      const deposit = { requestId: `d${accountId}`, accountId, amount, asset: 'USDT', occurredAt: 1 };
      await this.platform.toAccounts({ type: 'DepositFunds', ...deposit });
    }
    for (const [index, pair] of firstCopies.entries()) {
      const asked = { requestId: `s${index}`, occurredAt: 1 };
      await this.platform.toAccounts(start(pair, '500', chosen[index] as CopySettings, asked));
    }
    await this.platform.deliver();
  }

  async take(one: Step, no: number): Promise<void> {
    if (one.kind === 'back') await this.platform.deliverAnswers(one.count);
    else if (one.kind === 'move') this.move(one.provider, one.move);
    else if (one.kind === 'ofCopy') {
      const command = one.what === 'again' ? this.last.get('') : followerAsks(this.platform, one, this.at, no);
      if (!command) return;
      this.last.set('', command);
      await this.platform.toAccounts(command);
    } else {
      const { providerId } = one;
      const mover = this.movers[providerId];
      const command = one.what === 'repeat' ? this.last.get(providerId) : providerAsks(one, mover, no);
      if (!command) return;
      if (command.type !== 'RecordProviderFunds') this.last.set(providerId, command);
      this.platform.toProvider(providerId, command);
    }
    if (!one.waits) await this.platform.deliver();
  }

  private move(provider: ProviderId, what: Move): void {
    for (const record of this.movers[provider].take(what)) {
      this.platform.toProvider(provider, record);
      if (record.type === 'RecordProviderFills') this.last.set(provider, record);
    }
    this.at = Math.max(this.at, this.movers[provider].now);
  }

  /** What is in wallets and copies is what came in, was won and lost, and was insured, less what providers got; one end for each order, of the right sign. */
  conserved(): void {
    const { accounts, copies } = this.platform;
    let [is, should] = [decimal('0'), decimal('1900')];
    for (const accountId of ['a', 'b']) {
      const { wallet } = accounts.state.account(accountId);
      is = is.plus(wallet);
      expect(wallet.s).toBe(1);
    }
    for (const { copyId } of copies) {
      const copy = accounts.state.entry(copyId)?.copy;
      if (!copy) continue;
      is = is.plus(copy.cash);
      expect(copy.orders).toEqual([]);
      // Nothing is in flight: one that stops and holds nothing has been asked for what it owes, at least.
      if (copy.status === 'stopping' && copy.positions.every(({ quantity }) => isZero(quantity)))
        expect([copyId, copy.fees?.settling]).toEqual([copyId, true]);
      for (const { positionSide, quantity, held } of copy.positions) {
        expect(text(quantity)).toBe(text(held));
        if (positionSide === 'long') expect(quantity.s).toBe(1);
        if (positionSide === 'short') expect(quantity.neg().s).toBe(1);
      }
    }
    const ends = accounts.events('CopyOrdersEnded').flatMap((event) => event.ends);
    for (const end of ends) should = should.plus(decimal(end.realisedPnl)).minus(decimal(end.fee));
    for (const { amount } of accounts.events('InsuranceDrawn')) should = should.plus(decimal(amount));
    for (const { charges } of accounts.events('ProfitShareCharged'))
      for (const { charged } of charges) should = should.minus(decimal(charged));
    expect(text(is)).toBe(text(should));
    const placing = ['CopiesDecided', 'CopyOrdersPlaced', 'OpenPositionJoined'] as const;
    const placed = placing.flatMap((type) => accounts.events(type).flatMap((event) => event.placed));
    expect(ends.map(({ orderId }) => orderId).sort()).toEqual(placed.map(({ orderId }) => orderId).sort());
    expect(new Set(placed.map(({ orderId }) => orderId)).size).toBe(placed.length);
  }
}

async function agreement(parameters: fc.Parameters<unknown>): Promise<ReadonlySet<string>> {
  const kinds = new Set<string>();
  const crowd = fc.tuple(settings, settings, settings);
  const histories = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });
  const property = fc.asyncProperty(crowd, histories, fc.nat(9972), async (chosen, steps, salt) => {
    const history = new History(salt);
    await history.begin(chosen);
    for (const [no, one] of steps.entries()) await history.take(one, no);
    await history.platform.rest();
    history.conserved();
    for (const kind of history.platform.kinds) kinds.add(kind);
  });
  await fc.assert(property, parameters as fc.Parameters<[CopySettings[], Step[], number]>);
  return kinds;
}

/** What happens in such histories, which must not be nothing. */
const happens = [
  ['CopyFundsAdded', 'CopyFundsTakenOut', 'CopyPaused', 'CopySettingsChanged', 'PositionProtected', 'CopyStopped'],
  ['FollowerRemoved', 'FollowerDismissed', 'CopyRefused', 'OpenPositionJoined', 'ProviderFillsRefused'],
  ['CopiesMeasured', 'ProfitShareCharged', 'CopyFeesAnnounced'],
  ['ProviderTermsChanged', 'ProviderFundsRecorded', 'InsuranceDrawn', 'AumRecorded', 'CopyRestricted'],
  ['take_profit', 'stop_loss', 'max_loss', 'stop', 'close_by_hand', 'late_fill', 'sliced_exit', 'liquidation'],
  ['closed_by_follower', 'copy_paused', 'copy_stopped', 'copy_stopping', 'joined_after_open', 'insufficient_balance'],
  ['copy_not_active', 'copy_not_paused', 'already_copying', 'wallet_insufficient', 'funds_in_use', 'position_unknown'],
  ['nothing_to_close', 'unknown_position', 'kill_switch', 'self_copy', 'instrument_blocked', 'provider_blocked'],
  ['max_loss_reached', 'max_open_trades', 'max_per_symbol', 'max_per_trade', 'below_lot', 'not_invited'],
].flat();

test(`the folds of providers and accounts agree with naive twins, record for record, on ${runs} random histories`, async () => {
  await agreement({ numRuns: runs });
}, 240_000);

test('and on a fixed thousand, in which everything happens that they are about', async () => {
  const kinds = await agreement({ numRuns: 1000, seed: 4 });
  expect(happens.filter((kind) => !kinds.has(kind))).toEqual([]);
}, 240_000);
