import type { AnyRecord, FeeTerms, ShareCharge, SubscriptionCharge } from '@slipstream/contracts';
import { decimal, defaultPolicy, instrumentTable, text } from '@slipstream/domain';
import { drive } from '@slipstream/testing';
import { positionSizer } from '../src/fold.js';
import { add, endCopies, takeOut } from './requests-examples.js';
import {
  active,
  closing,
  confirm,
  copyId,
  deposit,
  filled,
  given,
  ids,
  line,
  mark,
  order,
  start,
  stop,
  types,
  wallet,
} from './examples.js';

const fees: FeeTerms = {
  ...{ feeModel: 'profit_share', profitShareRatio: '0.1', subscriptionPrice: null, settlementPeriod: 'weekly' },
};
const announced = { fees: { ...fees, profitShareRatio: '0.2' }, effectiveFrom: 99 };
const confirmed: AnyRecord = { ...confirm, fees, announced } as AnyRecord;
const withFees = (own = {}): AnyRecord[] => [...active(own).slice(0, 2), confirmed];
/** A Monday, and a minute before it. */
const monday = Date.UTC(2026, 5, 8);
const before = monday - 60_000;
const tick = (at: number, price: string, boundary = false): AnyRecord =>
  ({ ...mark(at, price), boundary }) as AnyRecord;
const opened = [order(1), filled(`${copyId}#1`, '2.5')];

const asked = (changes: Partial<ShareCharge> = {}): AnyRecord => ({
  type: 'ChargeProfitShare',
  charges: [
    {
      ...{ ...ids, settlementId: `${copyId}/period-1`, cause: 'period', at: 100, owed: '7', platformFeeRatio: '0.02' },
      ...changes,
    },
  ],
});
const month = (changes: Partial<SubscriptionCharge> = {}): AnyRecord => ({
  type: 'ChargeSubscription',
  charges: [{ ...ids, chargeId: 'm1', price: '40', from: 10, until: 20, platformFeeRatio: '0.02', ...changes }],
});

describe('terms', () => {
  test('a copy that is confirmed tells those of its provider, and those announced', () => {
    const [said] = given(...withFees()).events('CopyConfirmed');
    expect(said).toMatchObject({ fees, announced });
  });

  test('one that was cancelled meanwhile has none: it was never active', () => {
    const driven = given(deposit(), start(), stop('market_close'), confirmed);
    expect(driven.events('CopyConfirmed')).toMatchObject([{ fees: null, announced: null }]);
    expect(types(driven.journal).slice(-1)).toEqual(['CopyStopped']);
  });

  test('announced ones reach copies with terms, and no others', () => {
    const what = { providerId: 'p', fees: announced.fees, effectiveFrom: 99, occurredAt: 8 };
    const copies = [
      { accountId: 'a', copyId },
      { accountId: 'z', copyId: 'z~p~1' },
    ];
    const command: AnyRecord = { type: 'AnnounceFees', ...what, copies };
    expect(given(...withFees()).give(command)).toEqual([
      { type: 'CopyFeesAnnounced', ...what, copies: [{ accountId: 'a', copyId }] },
    ]);
    expect(given(...active()).give(command)).toEqual([]);
  });
});

describe('measuring', () => {
  test('at a Monday with what each copy is worth and can pay at its marks, after the tick', () => {
    const driven = given(...withFees(), ...opened, tick(before, '40'));
    const events = driven.give(tick(monday, '44', true));
    expect(types(events)).toEqual(['MarketTicked', 'AumMeasured', 'CopiesMeasured']);
    // 500 − 0.05 fee + 2.5 × 4; 10 of it are margin.
    expect(events[2]).toEqual({
      ...{ type: 'CopiesMeasured', line, at: monday, cause: 'period' },
      copies: [{ ...ids, equity: '509.95', unrealised: '10', available: '499.95' }],
      marks: [{ instrument: 'X', price: '44' }],
    });
  });

  test.each([
    ['late, at the first tick after it', monday + 7 * 60_000, 1],
    ['not at a Tuesday', monday + 86_400_000, 0],
  ])('%s', (_, at, times) => {
    const driven = given(...withFees(), tick(at === monday + 86_400_000 ? monday : before, '40'));
    driven.give(tick(at, '40', at % 86_400_000 === 0));
    expect(driven.events('CopiesMeasured').filter(({ at: when }) => when === at)).toHaveLength(times);
  });

  test('a repeated tick measures nothing, and a copy without terms never', () => {
    const driven = given(...withFees(), tick(before, '40'), tick(monday, '40', true));
    expect(driven.give(tick(monday, '41', true), tick(monday + 1, '41'))).toEqual([]);
    const old = given(...active(), tick(before, '40'), tick(monday, '40', true));
    expect(old.events('CopiesMeasured')).toEqual([]);
  });

  test('copies of a provider that leads no more, before they stop', () => {
    const events = given(...withFees({ subPosCloseType: 'copy_close' }), ...opened).give(endCopies());
    expect(types(events)).toEqual(['CopiesMeasured', 'CopyStopping']);
    expect(events[0]).toMatchObject({ cause: 'retirement', at: 9 });
    expect(types(given(...withFees(), ...opened).give(endCopies('removed_by_provider')))).not.toContain(
      'CopiesMeasured',
    );
    // One that stops already too, and goes on with its stop.
    const stopping = given(...withFees(), ...opened, stop('copy_close')).give(endCopies());
    expect(stopping).toMatchObject([{ type: 'CopiesMeasured', cause: 'retirement', copies: [{ copyId }] }]);
    expect(stopping).toHaveLength(1);
  });
});

describe('a charge', () => {
  const charged = (...commands: AnyRecord[]) => given(...withFees(), ...commands).events('ProfitShareCharged');

  test('is paid from the copy, in parts that are the whole', () => {
    const driven = given(...withFees(), asked());
    expect(driven.events('ProfitShareCharged')).toEqual([
      {
        type: 'ProfitShareCharged',
        charges: [
          {
            ...{ ...ids, settlementId: `${copyId}/period-1`, cause: 'period', at: 100, owed: '7', available: '500' },
            ...{
              charged: '7',
              platformFee: '0.14',
              providerNet: '6.86',
              due: '0',
              equityBefore: '500',
              occurredAt: 100,
            },
          },
        ],
      },
    ]);
    expect(text(driven.state.entry(copyId)!.copy.cash)).toBe('493');
    expect(wallet(driven)).toBe('500');
  });

  test('never takes more than is available: what is bound stays, the rest is due and held back', () => {
    const driven = given(...withFees(), ...opened, asked({ owed: '600' }));
    expect(driven.events('ProfitShareCharged')).toMatchObject([
      { charges: [{ available: '489.95', charged: '489.95', due: '110.05' }] },
    ]);
    const refused = driven.give(add('200'), takeOut('100', 'more'));
    expect(types(refused)).toEqual(['CopyFundsAdded', 'CommandRefused']);
    expect(refused[1]).toMatchObject({ reason: 'funds_in_use' });
    expect(types(driven.give(takeOut('89.95')))).toEqual(['CopyFundsTakenOut']);
  });

  test('is no loss: neither maxLoss nor slTotalAmt comes nearer by it', () => {
    const driven = given(...withFees({ maxLoss: '0.02', slTotalAmt: '9' }), ...opened, asked({ owed: '50' }));
    expect(types(driven.give(tick(before, '38')))).toEqual(['MarketTicked']);
    expect(driven.give(mark(before + 1, '36'))).toMatchObject([
      { type: 'CopyStopping', reason: 'max_loss_reached' },
      {},
    ]);
  });

  test('that was taken is answered and takes nothing, also one for a moment before', () => {
    const repeats = [asked(), asked({ settlementId: `${copyId}/period-0`, at: 99 })];
    const again = charged(asked(), ...repeats).slice(1);
    expect(again.flatMap((event) => event.charges.map((one) => [one.charged, one.due]))).toEqual([
      ['0', '7'],
      ['0', '7'],
    ]);
    // Another settlement of the same moment is one of its own.
    expect(charged(asked(), asked({ settlementId: `${copyId}/retirement` }))[1]).toMatchObject({
      charges: [{ charged: '7' }],
    });
  });

  test.each([
    ['of an unknown copy', [asked({ copyId: 'a~z~1' })]],
    ['of a copy without terms', null],
    ['that can’t be read', [asked({ owed: 'much' })]],
  ])('%s is answered with nothing: settlement waits for it', (_, commands) => {
    const driven = commands ? given(...withFees(), ...commands) : given(...active(), asked());
    expect(driven.events('ProfitShareCharged')).toMatchObject([{ charges: [{ charged: '0', available: '0' }] }]);
    expect(text(driven.state.entry(copyId)!.copy.cash)).toBe('500');
    expect(driven.events('AccountSuspended')).toHaveLength(commands?.[0] && _.includes('read') ? 1 : 0);
  });
});

describe('taking out', () => {
  /** Won 450 of 500, closed: 949.9. */
  const won = [...opened, order(2, { ...closing, price: '220' }), filled(`${copyId}#2`, '2.5', '220')];
  const most = (driven: ReturnType<typeof given>) => {
    const [said] = driven.give(takeOut('99999', `most-${driven.journal.length}`));
    return /At most (\S+) USDT/.exec((said as { detail?: string }).detail ?? '')?.[1];
  };

  test('leaves the provider’s share of what is won, at the higher of two ratios, before it is settled and while it is asked for', () => {
    const driven = given(...withFees(), ...won);
    expect(most(driven)).toBe('859.92');
    driven.give(tick(before, '220'), tick(monday, '220', true));
    // The announced ratio is in force from the boundary on.
    expect(most(driven)).toBe('859.92');
    driven.give(asked({ owed: '44.99', at: monday }));
    expect(most(driven)).toBe('904.91');
    expect(most(driven.reloaded())).toBe('904.91');
  });

  test('money that was put in is free, and a loss is no profit', () => {
    const driven = given(...withFees(), deposit('1000', 'more'), ...won, add('100', 'in'));
    expect(most(driven)).toBe('959.92');
    driven.give(takeOut('900', 'out'));
    expect(most(driven)).toBe('59.92');
    expect(most(given(...withFees()))).toBe('500');
  });
});

describe('a stop', () => {
  const atStop = asked({ settlementId: `${copyId}/stop`, cause: 'stop', at: 9, owed: '12' });

  test('is measured when the copy is flat, and over when what it owes is charged', () => {
    const driven = given(...withFees(), ...opened);
    expect(types(driven.give(stop('market_close')))).toEqual(['CopyStopping', 'CopyOrdersPlaced']);
    const flat = driven.give(filled(`${copyId}#stop-1`, '2.5', '44'));
    expect(flat).toMatchObject([
      { type: 'CopyOrdersEnded' },
      { type: 'CopiesMeasured', cause: 'stop', copies: [{ ...ids, equity: '509.9', available: '509.9' }] },
    ]);
    expect(driven.give(atStop)).toMatchObject([
      { type: 'ProfitShareCharged', charges: [{ charged: '12', due: '0' }] },
      { type: 'CopyStopped', returned: '497.9' },
    ]);
    expect(wallet(driven)).toBe('997.9');
    expect(driven.sent.at(-1)?.record.type).toBe('RemoveFollower');
  });

  test('waits: nothing measures it again, and nothing is placed meanwhile', () => {
    const driven = given(...withFees(), stop('copy_close'));
    const later = driven.reloaded();
    const events = later.give(
      ...[stop('market_close', 'y'), tick(before, '40'), tick(monday, '41', true), endCopies()],
      ...[order(1), order(2, closing)],
    );
    expect(types(events).filter((type) => type !== 'MarketTicked' && type !== 'AumMeasured')).toEqual([
      ...['CopyStopping', 'CopiesDecided', 'CopiesDecided'],
    ]);
    expect(later.events('CopiesDecided').flatMap(({ placed }) => placed)).toEqual([]);
    expect(types(later.give(atStop, atStop))).toEqual(['ProfitShareCharged', 'CopyStopped', 'ProfitShareCharged']);
    expect(wallet(later)).toBe('988');
  });

  test('whose charge can’t be read pays nothing and is over: nobody asks again', () => {
    const driven = given(...withFees(), stop('market_close'));
    const broken = asked({ settlementId: `${copyId}/stop`, cause: 'stop', at: 9, owed: 'much' });
    expect(types(driven.give(broken))).toEqual(['ProfitShareCharged', 'AccountSuspended', 'CopyStopped']);
    expect(wallet(driven)).toBe('1000');
  });

  test('of a copy without terms is over at once, as ever', () => {
    expect(types(given(...active()).give(stop('market_close')))).toEqual(['CopyStopping', 'CopyStopped']);
  });

  test('with a loss beyond its money is settled for nothing: the insurance account has borne it', () => {
    const driven = given(...withFees(), ...opened, stop('market_close'));
    expect(driven.give(filled(`${copyId}#stop-1`, '2.5', '1', '450'))).toMatchObject([
      ...[{ type: 'CopyOrdersEnded' }, { type: 'InsuranceDrawn', amount: '47.55' }],
      { type: 'CopiesMeasured', copies: [{ equity: '0', available: '0' }] },
    ]);
    expect(driven.give(atStop)).toMatchObject([{ charges: [{ charged: '0', due: '12' }] }, { returned: '0' }]);
  });
});

describe('a month of a subscription', () => {
  test('is paid whole from the wallet', () => {
    const driven = given(...withFees(), month());
    expect(driven.events('SubscriptionsCharged')).toMatchObject([
      { charges: [{ paid: true, available: '500', platformFee: '0.8', providerNet: '39.2' }] },
    ]);
    expect(wallet(driven)).toBe('460');
  });

  test('that isn’t paid ends the copy as the provider closes', () => {
    const driven = given(...withFees(), ...opened);
    expect(driven.give(month({ price: '501' }))).toMatchObject([
      { type: 'SubscriptionsCharged', charges: [{ paid: false, platformFee: '0', providerNet: '0' }] },
      { type: 'CopyStopping', reason: 'subscription_unpaid', subPosCloseType: 'copy_close', requestId: null },
    ]);
    expect(wallet(driven)).toBe('500');
  });

  test('is paid once: a repeat is answered and costs nothing', () => {
    const driven = given(...withFees(), month()).reloaded();
    expect(driven.give(month())).toMatchObject([{ charges: [{ paid: true, platformFee: '0', providerNet: '0' }] }]);
    expect(wallet(driven)).toBe('460');
    driven.give(month({ chargeId: 'm2', from: 20, until: 30 }));
    expect(wallet(driven)).toBe('420');
  });

  test('two of one account that can pay one: the first is paid', () => {
    const driven = given(...withFees());
    const charge = { ...ids, from: 10, until: 20, price: '300', platformFeeRatio: '0.02' };
    const charges = [
      { ...charge, chargeId: 'm1' },
      { ...charge, chargeId: 'other', providerId: 'q' },
    ];
    const both: AnyRecord = { type: 'ChargeSubscription', charges };
    expect(driven.give(both)[0]).toMatchObject({ charges: [{ paid: true }, { paid: false }] });
    expect(wallet(driven)).toBe('200');
  });

  test('of a copy that runs no more isn’t taken', () => {
    const driven = given(...withFees(), stop('market_close'), month());
    expect(driven.events('SubscriptionsCharged')).toMatchObject([{ charges: [{ paid: false }] }]);
    expect(driven.events('CopyStopping')).toHaveLength(1);
  });
});

describe('a withdrawal from the wallet', () => {
  const withdraw = (amount: string, requestId = 'w'): AnyRecord => ({
    ...{ type: 'WithdrawFunds', requestId, accountId: 'a', amount, asset: 'USDT', occurredAt: 7 },
  });

  test('takes what is there, once', () => {
    const driven = given(deposit(), withdraw('400'), withdraw('400'));
    expect(driven.events('FundsWithdrawn')).toHaveLength(1);
    expect(wallet(driven)).toBe('600');
  });

  test.each([
    ['1000.00000001', 'wallet_insufficient'],
    ['0', 'amount_invalid'],
  ])('of %s is refused: %s', (amount, reason) => {
    expect(given(deposit()).give(withdraw(amount))).toMatchObject([{ type: 'CommandRefused', reason }]);
  });
});

describe('a commission per copied order', () => {
  const fold = positionSizer(instrumentTable(), { ...defaultPolicy, copiedOrderCommission: decimal('0.3') });

  test('is taken with the end of the order, from the copy', () => {
    const driven = drive(fold, 4);
    driven.give(...withFees(), ...opened);
    expect(driven.events('CopyOrdersEnded')).toMatchObject([{ ends: [{ fee: '0.05', commission: '0.3' }] }]);
    expect(text(driven.state.entry(copyId)!.copy.cash)).toBe('499.65');
    expect(text(driven.reloaded().state.entry(copyId)!.copy.cash)).toBe('499.65');
  });

  test('not for an order that was rejected, nor for one of the copy’s own', () => {
    const driven = drive(fold, 4);
    driven.give(...withFees(), order(1), filled(`${copyId}#1`, '0'), order(2, { leadPositionId: 'lead2' }));
    driven.give(filled(`${copyId}#2`, '2.5'), stop('market_close'), filled(`${copyId}#stop-1`, '2.5'));
    const ends = driven.events('CopyOrdersEnded').flatMap((event) => event.ends);
    expect(ends.map(({ commission }) => commission)).toEqual(['0', '0.3', '0']);
  });
});
