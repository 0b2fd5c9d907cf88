import {
  partitionCount,
  partitionOf,
  type AnyRecord,
  type CopiesMeasured,
  type FeeTerms,
  type ShareCharged,
  type SubscriptionCharged,
} from '@slipstream/contracts';
import { decimal, defaultPolicy, text } from '@slipstream/domain';
import { drive } from '@slipstream/testing';
import { settlementFold } from '../src/fold/fold.js';

const ids = { accountId: 'a', copyId: 'a~p~1', providerId: 'p' };
const weekMs = 7 * 86_400_000;
/** A Monday that is no first of a month, and the moment at which the copy began. */
const monday = Date.UTC(2026, 5, 8);
const began = monday - weekMs + 5;
const share: FeeTerms = {
  ...{ feeModel: 'profit_share', profitShareRatio: '0.1', subscriptionPrice: null, settlementPeriod: 'weekly' },
};
const price: FeeTerms = { ...share, feeModel: 'subscription', profitShareRatio: '0', subscriptionPrice: '40' };

const confirmed = (changes: object = {}): AnyRecord => ({
  ...{
    type: 'CopyConfirmed',
    ...ids,
    copyTotalAmt: '500',
    fromOrder: 1,
    occurredAt: began,
    fees: share,
    announced: null,
  },
  ...changes,
});
const measured = (
  equity: string,
  cause: CopiesMeasured['cause'] = 'period',
  at = monday,
  { available = equity, copyId = ids.copyId } = {},
): AnyRecord => ({
  type: 'CopiesMeasured',
  ...{ line: null, at, cause, marks: [] },
  copies: [{ ...ids, copyId, equity, available, unrealised: '1.5' }],
});
const charged = (settlementId: string, owed: string, changes: Partial<ShareCharged> = {}): AnyRecord => ({
  type: 'ProfitShareCharged',
  charges: [
    {
      ...{ ...ids, settlementId: `${ids.copyId}/${settlementId}`, cause: 'period', at: monday, owed, available: '500' },
      ...{ charged: owed, platformFee: '0', providerNet: owed, due: '0', occurredAt: monday, equityBefore: '0' },
      ...changes,
    },
  ],
});
const moved = (kind: 'CopyFundsAdded' | 'CopyFundsTakenOut', amount: string, equityBefore: string): AnyRecord => ({
  ...{ type: kind, requestId: 'f', ...ids, amount, copyTotalAmt: '0', equityBefore, occurredAt: 1 },
});
const stopped: AnyRecord = { type: 'CopyStopped', ...ids, returned: '0', occurredAt: monday };
const given = (...events: AnyRecord[]) => {
  const driven = drive(settlementFold(), 4);
  driven.give(...events);
  return driven;
};
const receiptsOf = (driven: ReturnType<typeof given>) =>
  driven.events('ProfitShareSettled').flatMap(({ receipts }) => receipts);
const asksOf = (driven: ReturnType<typeof given>) =>
  driven.sent.map(({ record, partition }) => {
    expect(partition).toBe(4);
    return record;
  });

describe('a copy that becomes active', () => {
  test('begins with no gap; one without terms isn’t settled', () => {
    expect(given(confirmed()).journal).toEqual([
      {
        ...{ type: 'CopyShareStarted', ...ids, amount: '500', fees: share, announced: null },
        ...{ gap: '0', due: '0', carriedFrom: null, occurredAt: began },
      },
    ]);
    expect(given(confirmed({ fees: null }), measured('600'), moved('CopyFundsAdded', '5', '600')).journal).toEqual([]);
  });
});

describe('a boundary', () => {
  test('with a profit: the share is due, the copy is asked for it, and says what it has paid', () => {
    const driven = given(confirmed(), measured('560'));
    const ask = {
      ...{ ...ids, settlementId: `a~p~1/period-${monday}`, cause: 'period', at: monday, owed: '6' },
      platformFeeRatio: '0.02',
    };
    expect(driven.journal[1]).toMatchObject({ type: 'ProfitShareDue', measuredAt: 1, charges: [ask] });
    expect(asksOf(driven)).toEqual([{ type: 'ChargeProfitShare', charges: [ask] }]);
    driven.give(charged(`period-${monday}`, '6', { available: '4', charged: '4' }));
    expect(receiptsOf(driven)).toMatchObject([
      {
        ...{
          newProfit: '60',
          accrued: '6',
          available: '4',
          providerGross: '4',
          platformFee: '0.08',
          providerNet: '3.92',
        },
        ...{ dueAfter: '2', gapAfter: '0', equityBefore: '560', equityAfter: '556', from: began, until: monday },
        ...{ unrealised: '1.5', measuredAt: 1, chargedAt: 2 },
      },
    ]);
    // The rest is asked for next time, with what has come since.
    driven.give(measured('576', 'period', monday + weekMs));
    expect(asksOf(driven).at(-1)).toMatchObject({ charges: [{ owed: '4' }] });
  });

  test('without one: the receipt comes at once, and nobody is asked', () => {
    const driven = given(confirmed(), measured('450'));
    expect(receiptsOf(driven)).toMatchObject([
      { newProfit: '0', gapAfter: '50', providerGross: '0', available: '450', unrealised: '1.5', chargedAt: null },
    ]);
    expect(driven.sent).toEqual([]);
  });

  test.each([
    ['repeated', monday],
    ['of another period than its own', Date.UTC(2026, 6, 1)],
    ['before its start', began - 5],
  ])('%s settles nothing', (_, at) => {
    const driven = given(confirmed(), measured('450'), measured('450', 'period', monday + 3 * weekMs));
    expect(driven.give(measured('600', 'period', at))).toEqual([]);
  });

  test('that comes late is settled for the latest one that has passed', () => {
    const driven = given(confirmed(), measured('560', 'period', monday + 2 * weekMs + 90_000));
    const until = monday + 2 * weekMs;
    expect(asksOf(driven)).toMatchObject([{ charges: [{ settlementId: `a~p~1/period-${until}`, at: until }] }]);
  });

  test('a repeated answer, and one that nobody asked for, has no effect', () => {
    const driven = given(confirmed(), measured('560'), charged(`period-${monday}`, '6'));
    expect(driven.give(charged(`period-${monday}`, '6'), charged('stop', '3'))).toEqual([]);
  });
});

describe('money that flows', () => {
  test('into a copy leaves what is owed; out of it takes its part of a loss along', () => {
    const driven = given(confirmed(), moved('CopyFundsAdded', '100', '560'), measured('660'));
    expect(asksOf(driven)).toMatchObject([{ charges: [{ owed: '6' }] }]);
    const under = given(confirmed(), moved('CopyFundsTakenOut', '100', '400'));
    expect(under.journal[1]).toMatchObject({ kind: 'withdrawal', gapBefore: '100', gapAfter: '75' });
  });

  test('between measuring and charge it counts for the next period', () => {
    const driven = given(confirmed(), measured('560'), moved('CopyFundsAdded', '100', '560'));
    driven.give(charged(`period-${monday}`, '6'), measured('654', 'period', monday + weekMs));
    expect(receiptsOf(driven)).toMatchObject([
      { equityBefore: '560', equityAfter: '554', deposits: '0' },
      { equityOpening: '554', deposits: '100', equityBefore: '654', pnl: '0', newProfit: '0' },
    ]);
  });
});

describe('a stop', () => {
  const atStop = (equity: string) => measured(equity, 'stop', monday + 9);

  test('is always asked for, also where nothing is owed: the copy waits', () => {
    const driven = given(confirmed(), atStop('450'));
    expect(asksOf(driven)).toMatchObject([{ charges: [{ settlementId: 'a~p~1/stop', owed: '0' }] }]);
    expect(asksOf(given(atStop('450')))).toMatchObject([{ charges: [{ owed: '0' }] }]);
  });

  test('behind a boundary that isn’t charged yet is asked for after it, for the rest', () => {
    const driven = given(confirmed(), measured('560'), atStop('580')).reloaded();
    expect(driven.give(charged(`period-${monday}`, '6', { available: '2', charged: '2' }))).toHaveLength(1);
    expect(asksOf(driven)).toMatchObject([{ charges: [{ settlementId: 'a~p~1/stop', owed: '6', at: monday + 9 }] }]);
    driven.give(charged('stop', '6', { cause: 'stop' }));
    expect(receiptsOf(driven)).toMatchObject([
      { equityAfter: '558', dueAfter: '4' },
      { equityOpening: '558', equityBefore: '578', newProfit: '20', dueBefore: '4', accrued: '2', equityAfter: '572' },
    ]);
  });

  test.each([
    ['with as much as before, the whole gap', '455.5', 0, '49.5'],
    ['with half of it, half the gap', '227.75', 0, '24.75'],
    ['after 90 days, no gap; what is due is due', '455.5', 90 * 86_400_000, '0'],
  ])('leaves gap and rest to the next copy: %s', (_, copyTotalAmt, later, gap) => {
    const nothing = { available: '0', charged: '0' };
    const driven = given(confirmed(), measured('505'), charged(`period-${monday}`, '0.5', nothing));
    // 49.5 below the 505 that were reached; nothing was paid, so all of the 455.5 went back.
    driven.give(atStop('455.5'), charged('stop', '0.5', { cause: 'stop', ...nothing }), stopped);
    const again = confirmed({ copyId: 'a~p~2', copyTotalAmt, occurredAt: monday + 9 + later });
    expect(driven.reloaded().give(again)).toMatchObject([{ gap, due: '0.5', carriedFrom: 'a~p~1' }]);
  });

  test('leaves what the journal says, whatever the days are by which it is read again', () => {
    const events = [confirmed(), atStop('450'), charged('stop', '0', { cause: 'stop' }), stopped];
    const journal = given(...events, confirmed({ copyId: 'a~p~2', occurredAt: monday + 60 * 86_400_000 })).journal;
    const read = drive(settlementFold({ ...defaultPolicy, carriedGapDays: 30 }), 4);
    for (const event of journal) settlementFold().evolve(read.state, event);
    expect(text(read.state.share('a~p~2')!.share.gap)).toBe('50');
  });

  test('uses up what was carried: a third copy begins with none', () => {
    const driven = given(confirmed(), atStop('450'), charged('stop', '0', { cause: 'stop' }), stopped);
    driven.give(confirmed({ copyId: 'a~p~2' }));
    expect(driven.give(confirmed({ copyId: 'a~p~3' }))).toMatchObject([{ gap: '0', carriedFrom: null }]);
  });
});

const line = partitionOf('p', partitionCount);
const ticked = (at: number, onLine = line): AnyRecord => ({
  ...{ type: 'MarketTicked', at, boundary: false, line: onLine, marks: [] },
});

const monthPaid = (from: number, until: number): AnyRecord => ({
  type: 'SubscriptionsCharged',
  charges: [
    {
      ...{ ...ids, chargeId: `a~p~1/subscription/month-${from}`, price: '40', from, until, available: '90' },
      ...{ paid: true, platformFee: '0.8', providerNet: '39.2', occurredAt: from },
    },
  ],
});

describe('terms', () => {
  const announce = (fees: FeeTerms, effectiveFrom: number): AnyRecord => ({
    ...{ type: 'CopyFeesAnnounced', providerId: 'p', fees, effectiveFrom, occurredAt: began },
    copies: [
      { accountId: 'a', copyId: 'a~p~1' },
      { accountId: 'a', copyId: 'gone' },
    ],
  });

  test('that change hold from the settlement after the one at their moment', () => {
    const driven = given(confirmed(), announce({ ...share, profitShareRatio: '0.3' }, monday), measured('600'));
    expect(driven.events('ShareTermsAnnounced')).toMatchObject([{ copies: [{ copyId: 'a~p~1' }] }]);
    driven.give(charged(`period-${monday}`, '10'), measured('690', 'period', monday + weekMs));
    expect(asksOf(driven)).toMatchObject([{ charges: [{ owed: '10' }] }, { charges: [{ owed: '30' }] }]);
  });

  test('from a share to a price: the subscription begins with the settlement at that moment', () => {
    const driven = given(confirmed(), announce(price, monday), measured('600'));
    expect(driven.events('SubscriptionStarted')).toMatchObject([
      { price: '40', occurredAt: monday, paidUntil: monday },
    ]);
    expect(asksOf(driven)).toMatchObject([
      ...[{ charges: [{ owed: '10' }] }, { charges: [{ price: '40', from: monday }] }],
    ]);
  });

  test('of a price that was announced before the copy joined hold for its months from their moment on', () => {
    const later = { fees: { ...price, subscriptionPrice: '10' }, effectiveFrom: monday };
    const driven = given(confirmed({ fees: price, announced: later }));
    const until = Date.UTC(2026, 6, 1, 0, 0, 0, 5);
    driven.give(monthPaid(began, until), ticked(until));
    expect(asksOf(driven)).toMatchObject([{ charges: [{ price: '40' }] }, { charges: [{ price: '10' }] }]);
  });

  test('from a price to a share the moment a month would begin: that month isn’t asked for', () => {
    const first = Date.UTC(2026, 5, 1);
    const driven = given(
      confirmed({ fees: { ...price, settlementPeriod: 'monthly' }, occurredAt: first }),
      announce(share, Date.UTC(2026, 6, 1)),
    );
    const until = Date.UTC(2026, 6, 1);
    driven.give(monthPaid(first, until), ticked(until), measured('600', 'period', until));
    expect(driven.events('SubscriptionDue')).toHaveLength(1);
    expect(driven.events('SubscriptionEnded')).toMatchObject([{ reason: 'terms_changed' }]);
  });

  test('from a price to a share: the subscription ends, what is won from there on is shared', () => {
    const driven = given(confirmed({ fees: { ...price, settlementPeriod: 'weekly' } }), announce(share, monday));
    driven.give(measured('600'), measured('650', 'period', monday + weekMs));
    expect(driven.events('SubscriptionEnded')).toMatchObject([{ reason: 'terms_changed' }]);
    expect(asksOf(driven).at(-1)).toMatchObject({ charges: [{ owed: '5' }] });
  });
});

describe('a subscription', () => {
  const subscribed = confirmed({ fees: price });
  const until = Date.UTC(2026, 6, 1, 0, 0, 0, 5);
  const answer = (paid: boolean, changes: Partial<SubscriptionCharged> = {}): AnyRecord => ({
    type: 'SubscriptionsCharged',
    charges: [
      {
        ...{ ...ids, chargeId: `a~p~1/subscription/month-${began}`, price: '40', from: began, until, available: '90' },
        ...{ paid, platformFee: paid ? '0.8' : '0', providerNet: paid ? '39.2' : '0', occurredAt: began },
        ...changes,
      },
    ],
  });

  test('asks for its first month at once, and for the next when that is over, once', () => {
    const driven = given(subscribed, ticked(began + 60_000));
    expect(asksOf(driven)).toMatchObject([
      { type: 'ChargeSubscription', charges: [{ price: '40', from: began, until }] },
    ]);
    driven.give(answer(true), ticked(until - 1), ticked(until, (line + 1) % partitionCount));
    expect(driven.sent).toHaveLength(1);
    const later = driven.reloaded();
    later.give(ticked(until), ticked(until + 60_000));
    expect(asksOf(later)).toMatchObject([{ charges: [{ from: until, until: Date.UTC(2026, 7, 1, 0, 0, 0, 5) }] }]);
  });

  test('has a receipt for each month, and none for a repeat', () => {
    const driven = given(subscribed, answer(true), answer(true));
    expect(driven.events('SubscriptionSettled')).toMatchObject([
      { receipts: [{ paid: true, providerNet: '39.2', chargedAt: 1 }] },
    ]);
  });

  test('has the ratio it was asked with on its receipt, whatever is configured by then', () => {
    const asked = given(subscribed);
    const driven = drive(settlementFold({ ...defaultPolicy, platformFeeRatio: decimal('0.05') }), 4);
    for (const event of asked.journal) settlementFold().evolve(driven.state, event);
    expect(driven.give(answer(true))).toMatchObject([{ receipts: [{ platformFeeRatio: '0.02', platformFee: '0.8' }] }]);
  });

  test('ends with a month that isn’t paid, or with its copy; then no more is asked', () => {
    const unpaid = given(subscribed, answer(false), ticked(until + weekMs));
    expect(unpaid.events('SubscriptionEnded')).toMatchObject([{ reason: 'unpaid' }]);
    const over = given(subscribed, answer(true), stopped, ticked(until + weekMs));
    expect(over.events('SubscriptionEnded')).toMatchObject([{ reason: 'stopped' }]);
    for (const driven of [unpaid, over]) expect(driven.sent).toHaveLength(1);
  });

  test('goes on in a month that is paid when the follower comes back', () => {
    const driven = given(subscribed, answer(true), stopped, confirmed({ fees: price, copyId: 'a~p~2' }));
    expect(driven.events('SubscriptionStarted').at(-1)).toMatchObject({ copyId: 'a~p~2', paidUntil: until });
    expect(driven.sent).toHaveLength(1);
    driven.give(ticked(until));
    expect(asksOf(driven).at(-1)).toMatchObject({ charges: [{ copyId: 'a~p~2', from: until }] });
  });

  test('of very many followers is asked for in records of a usual length', () => {
    const driven = drive(settlementFold(), 4);
    for (let n = 0; n < 1500; n += 1) {
      const of = { accountId: `f${n}`, copyId: `f${n}~p~1` };
      const chargeId = `${of.copyId}/subscription/month-${began}`;
      driven.give(confirmed({ ...of, fees: price }), answer(true, { ...of, chargeId }));
    }
    driven.give(ticked(until));
    expect(
      driven
        .events('SubscriptionDue')
        .slice(-2)
        .map(({ charges }) => charges.length),
    ).toEqual([1000, 500]);
  });
});
