import fc from 'fast-check';
import {
  partitionCount,
  partitionOf,
  type AnyRecord,
  type CopySettings,
  type OrderLeg,
  type OrderTerms,
  type VenueReport,
} from '@slipstream/contracts';
import { decimal, text } from '@slipstream/domain';
import { drive, type Driven } from '@slipstream/testing';
import { orderGateway } from '../../../order-gateway/src/fold.js';
import { paperVenue } from '../../../order-gateway/src/paper-venue.js';
import type { Orders } from '../../../order-gateway/src/state.js';
import type { Venue } from '../../../order-gateway/src/venue.js';
import { positionSizer } from '../../../position-sizer/src/fold.js';
import { instruments, Mover, oneMove, policy, settings, startingPrices, type Move } from '../histories.js';
import { num, said, whole, zero } from './numbers.js';
import { NaiveAccounts } from './twin.js';

const runs = Number(process.env['NAIVE_RUNS'] ?? 1500);
const week = 86_400_000 * 3;
const traded = {
  X: { lot: num('0.001'), minimumNotional: num(5), contractSize: num(1) },
  Y: { lot: num(1), minimumNotional: zero, contractSize: num('0.1') },
};
/** Two copies of p, one of q; the first two accounts also hold money beside. */
const copies = [
  { accountId: 'a', providerId: 'p', copyId: 'a~p~1' },
  { accountId: 'b', providerId: 'p', copyId: 'b~p~1' },
  { accountId: 'a', providerId: 'q', copyId: 'a~q~2' },
] as const;

type Asked = 'pause' | 'change' | 'add' | 'take' | 'close' | 'protect' | 'stop' | 'end' | 'restrict' | 'again';
type Step =
  | { readonly kind: 'move'; readonly provider: 'p' | 'q'; readonly move: Move }
  | { readonly kind: 'back'; readonly count: number }
  | {
      readonly kind: 'ask';
      readonly copy: number;
      readonly what: Asked;
      readonly settings: CopySettings;
      readonly n: number;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      provider: fc.constantFrom('p', 'p', 'q'),
      move: oneMove,
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('back' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      copy: fc.integer({ min: 0, max: 2 }),
      what: fc.constantFrom<Asked>(
        'pause',
        'change',
        'add',
        'take',
        'close',
        'close',
        'protect',
        'stop',
        'end',
        'restrict',
        'again',
      ),
      settings,
      n: fc.integer({ min: 0, max: 9 }),
    }),
  },
);

/** The paper venue, which rejects some orders and fills others by half; which ones depends on their ids and the salt. */
function moodyVenue(salt: number): Venue {
  const paper = paperVenue(instruments, decimal('0'));
  const mood = (orderId: string): number =>
    [...orderId].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, salt) % 10;
  const answer = async (terms: OrderTerms, orders: readonly OrderLeg[]): Promise<VenueReport[]> => {
    const { lot } = traded[terms.instrument as 'X'];
    return (await paper.submit(terms, orders)).map((report) => {
      const half = whole(num(report.quantity).div(2), lot);
      if (mood(report.orderId) === 0)
        return { ...report, status: 'rejected', reason: 'venue_rejected', quantity: '0', price: null, fee: '0' };
      return mood(report.orderId) === 1 && half.gt(0) ? { ...report, quantity: said(half) } : report;
    });
  };
  return { submit: answer, query: answer };
}

/** The real folds with the paper venue, whose answers wait until they are called for, and the twin beside them. */
class Both {
  readonly real = drive(positionSizer(instruments, policy));
  readonly twin = new NaiveAccounts((id) => traded[id as 'X']);
  readonly kinds = new Set<string>();
  private readonly gateway: Driven<Orders>;
  private readonly waiting: AnyRecord[] = [];
  private sentBySizer = 0;
  private sentByGateway = 0;
  private last: AnyRecord | null = null;

  constructor(salt: number) {
    this.gateway = drive(orderGateway(moodyVenue(salt)));
  }

  async give(command: AnyRecord): Promise<void> {
    const events = this.real.give(command);
    expect(events).toEqual(this.twin.give(command));
    for (const event of events) this.note(event);
    for (const { copyId } of copies) expect(this.money(copyId)).toEqual(this.twin.money(copyId));
    this.last = 'requestId' in command ? command : this.last;
    const orders = this.real.sent.slice(this.sentBySizer);
    this.sentBySizer = this.real.sent.length;
    for (const { record } of orders) {
      if (record.type !== 'PlaceOrders') continue;
      this.gateway.give(record);
      for (let answers = await this.gateway.effects(); answers.length > 0; answers = await this.gateway.effects())
        this.gateway.give(...answers);
    }
    this.waiting.push(...this.gateway.sent.slice(this.sentByGateway).map(({ record }) => record));
    this.sentByGateway = this.gateway.sent.length;
  }

  async back(count: number): Promise<void> {
    for (const record of this.waiting.splice(0, count)) await this.give(record);
  }
  async allBack(): Promise<void> {
    for (let bound = 0; this.waiting.length > 0 && bound < 100; bound += 1) await this.back(this.waiting.length);
  }
  /** As the twin tells it. */
  private money(copyId: string): string[] | null {
    const entry = this.real.state.entry(copyId);
    if (!entry || entry.copy.status === 'stopped') return null;
    const { copy, terms } = entry;
    const { wallet } = this.real.state.account(terms.accountId);
    const lossBase = copy.lossBase ?? terms.copyTotalAmt;
    return [copy.cash, copy.reserved, copy.peak, lossBase, terms.copyTotalAmt, wallet].map(text);
  }

  again(): AnyRecord[] {
    return this.last ? [this.last] : [];
  }

  private note(event: AnyRecord): void {
    if (event.type === 'CopiesDecided') for (const { reason } of event.skipped) this.kinds.add(reason);
    else if (event.type === 'CopyOrdersPlaced') this.kinds.add(event.terms.causeType);
    else this.kinds.add(event.type);
  }
}

/** What a follower, or the provider, may ask for as things stand; nothing where it would be refused. */
function asked(
  both: Both,
  { copy: index, what, settings: fresh, n }: Step & { kind: 'ask' },
  at: number,
  no: number,
): AnyRecord[] {
  const copy = copies[index] as (typeof copies)[number];
  const now = both.twin.standing(copy.copyId);
  if (!now) return [];
  const { accountId, copyId, providerId } = copy;
  const ids = { requestId: `r${no}`, accountId, copyId, occurredAt: at };
  const runs = now.status === 'active' || now.status === 'paused';
  const lead = now.leads.find(({ held }) => !held.eq(0));
  switch (what) {
    case 'again':
      return both.again();
    case 'pause':
      if (!runs) return [];
      return [{ type: now.status === 'active' ? 'PauseCopying' : 'ResumeCopying', ...ids }];
    case 'change':
      return runs ? [{ type: 'ChangeCopySettings', ...ids, settings: fresh }] : [];
    case 'add':
      return runs && now.wallet.gte(40) ? [{ type: 'AddCopyFunds', ...ids, amount: String(n * 4 + 1) }] : [];
    case 'take': {
      const room = [now.free, now.equity.minus(50)].reduce((a, b) => (a.lt(b) ? a : b));
      const amount = room
        .times(n + 1)
        .div(10)
        .round(2, 0);
      return runs && amount.gt(0) ? [{ type: 'TakeOutCopyFunds', ...ids, amount: said(amount) }] : [];
    }
    case 'close': {
      const fraction = n % 2 === 0 ? '1' : '0.5';
      const lot = traded[lead?.id.includes('/X/') ? 'X' : 'Y'].lot;
      const isOver = now.status === 'starting' || now.status === 'stopped';
      if (!lead || isOver || whole(lead.held.abs().times(fraction), lot).eq(0)) return [];
      return [{ type: 'ClosePosition', ...ids, leadPositionId: lead.id, fraction }];
    }
    case 'protect': {
      if (!lead || now.status === 'stopped') return [];
      const px = lead.id.includes('/X/') ? 60 + n * 8 : 12 + n * 2;
      const [tpTriggerPx, slTriggerPx] = n % 3 === 0 ? [null, null] : [String(px), n % 2 === 0 ? null : String(px + 3)];
      return [{ type: 'ProtectPosition', ...ids, leadPositionId: lead.id, tpTriggerPx, slTriggerPx }];
    }
    case 'stop': {
      const how = (['market_close', 'copy_close', 'manual_close'] as const)[n % 3] as 'market_close';
      return runs && n > 5 ? [{ type: 'StopCopying', ...ids, subPosCloseType: how }] : [];
    }
    case 'end':
      if (n < 7) return [];
      return [
        {
          type: 'EndCopies',
          providerId,
          reason: 'removed_by_provider',
          copies: [{ accountId, copyId }],
          occurredAt: at,
        },
      ];
    case 'restrict': {
      const why = { reason: 'self_copy', restricted: n < 4, copies: [{ accountId, copyId }] } as const;
      return [{ type: 'RestrictCopies', providerId, ...why, occurredAt: at }];
    }
  }
}

async function run(both: Both, chosen: readonly CopySettings[], steps: readonly Step[]): Promise<void> {
  const deposits = { a: '1200', b: '700' };
  for (const [accountId, amount] of Object.entries(deposits))
    await both.give({
      type: 'DepositFunds',
      requestId: `d${accountId}`,
      accountId,
      amount,
      asset: 'USDT',
      occurredAt: 1,
    });
  for (const [index, { accountId, providerId, copyId }] of copies.entries()) {
    const money = { copyTotalAmt: '500', settings: chosen[index] as CopySettings };
    const who = { disclaimerVersion: '2026-01', country: '', ownerId: '', occurredAt: 1 };
    await both.give({ type: 'StartCopying', requestId: `s${index}`, accountId, providerId, ...money, ...who });
    await both.give({ type: 'ConfirmCopy', accountId, copyId, providerId, fromOrder: 1, joins: [] });
  }
  const prices = startingPrices();
  const movers = { p: new Mover('p', prices), q: new Mover('q', prices) };
  let at = week;
  for (const [no, one] of steps.entries()) {
    if (one.kind === 'back') await both.back(one.count);
    else if (one.kind === 'ask') for (const command of asked(both, one, at, no)) await both.give(command);
    else {
      const line = partitionOf(one.provider, partitionCount);
      const refs = copies.filter(({ providerId }) => providerId === one.provider);
      for (const record of movers[one.provider].take(one.move)) {
        if (!('orderNo' in record)) await both.give({ ...record, line });
        else
          await both.give({
            type: 'CopyOrders',
            line,
            order: record,
            copies: refs.map(({ accountId, copyId }) => ({ accountId, copyId })),
          });
        at = Math.max(at, 'orderNo' in record ? record.occurredAt : record.at);
      }
    }
  }
  await both.allBack();
  conserved(both, decimal('1900'));
}

/** What is in wallets and copies is what came in, was won and lost, and was insured; one end for each order, of the right sign. */
function conserved({ real }: Both, deposits: ReturnType<typeof decimal>): void {
  let [is, should] = [decimal('0'), deposits];
  for (const accountId of ['a', 'b']) {
    is = is.plus(real.state.account(accountId).wallet);
    expect(real.state.account(accountId).wallet.s).toBe(1);
  }
  for (const { copyId } of copies) {
    const copy = real.state.entry(copyId)?.copy;
    if (!copy) continue;
    is = is.plus(copy.cash);
    expect(copy.orders).toEqual([]);
    for (const { positionSide, quantity, held } of copy.positions) {
      expect(text(quantity)).toBe(text(held));
      if (positionSide === 'long') expect(quantity.s).toBe(1);
      if (positionSide === 'short') expect(quantity.neg().s).toBe(1);
    }
  }
  const ends = real.events('CopyOrdersEnded').flatMap((event) => event.ends);
  for (const end of ends) should = should.plus(decimal(end.realisedPnl)).minus(decimal(end.fee));
  for (const { amount } of real.events('InsuranceDrawn')) should = should.plus(decimal(amount));
  expect(text(is)).toBe(text(should));
  const placed = [...real.events('CopiesDecided'), ...real.events('CopyOrdersPlaced')].flatMap((event) => event.placed);
  expect(ends.map(({ orderId }) => orderId).sort()).toEqual(placed.map(({ orderId }) => orderId).sort());
  expect(new Set(placed.map(({ orderId }) => orderId)).size).toBe(placed.length);
}

test(`the fold of accounts agrees with a naive twin, record for record, on ${runs} random histories`, async () => {
  const kinds = new Set<string>();
  const crowd = fc.tuple(settings, settings, settings);
  const history = fc.array(step, { minLength: 1, maxLength: 45 });
  await fc.assert(
    fc.asyncProperty(crowd, history, fc.nat(9972), async (chosen, steps, salt) => {
      const both = new Both(salt);
      await run(both, chosen, steps);
      for (const kind of both.kinds) kinds.add(kind);
    }),
    { numRuns: runs },
  );
  // Such histories hold about everything.
  const events = [
    'CopyFundsAdded',
    'CopyFundsTakenOut',
    'CopyPaused',
    'CopySettingsChanged',
    'PositionProtected',
    'CopyStopped',
  ];
  const causes = [
    'take_profit',
    'stop_loss',
    'max_loss',
    'stop',
    'close_by_hand',
    'late_fill',
    'sliced_exit',
    'liquidation',
  ];
  const reasons = [
    'closed_by_follower',
    'copy_paused',
    'self_copy',
    'copy_stopped',
    'joined_after_open',
    'insufficient_balance',
  ];
  for (const kind of [...events, ...causes, ...reasons]) expect(kinds).toContain(kind);
}, 240_000);
