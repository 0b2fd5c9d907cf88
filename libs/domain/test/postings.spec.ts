import {
  record,
  type AnyRecord,
  type CopyEnd,
  type ShareCharged,
  type SubscriptionCharged,
} from '@slipstream/contracts';
import { accountClosedBy, accountKinds, kindOf, postingsOf } from '../src/index.js';

const end = (fields: Partial<CopyEnd>): CopyEnd => ({
  accountId: 'a1',
  copyId: 'a1~p~1',
  orderId: 'a1~p~1#1',
  orderNo: 1,
  providerId: 'p',
  type: 'CopyFilled',
  commission: '0',
  reason: null,
  instrument: 'BTCUSDT',
  positionSide: 'long',
  side: 'buy',
  quantity: '1',
  price: '100',
  providerPrice: '100',
  fee: '0',
  feeAsset: 'USDT',
  realisedPnl: '0',
  released: '0',
  occurredAt: 7,
  ...fields,
});
const ended = (fields: Partial<CopyEnd>): AnyRecord => record('CopyOrdersEnded', { ends: [end(fields)] });
const copy = { accountId: 'a1', copyId: 'a1~p~1', providerId: 'p', occurredAt: 7 };
const share = (providerNet: string, platformFee: string): ShareCharged => ({
  ...copy,
  ...{ settlementId: 's', cause: 'period', at: 7, owed: '10', available: '10', charged: '10', equityBefore: '110' },
  ...{ platformFee, providerNet, due: '0' },
});
/** An amount is said of a month that isn't paid as well, so that it's `paid` that is looked at. */
const month = (paid: boolean): SubscriptionCharged => ({
  ...copy,
  ...{ chargeId: 'm', price: '20', from: 7, until: 8, available: '20', paid, platformFee: '0.4', providerNet: '19.6' },
});

describe('postings', () => {
  test.each<[string, AnyRecord, string[]]>([
    [
      'a deposit comes from outside',
      record('FundsDeposited', { requestId: 'r', accountId: 'a1', amount: '500', asset: 'USDC', occurredAt: 7 }),
      ['deposit external wallet/a1 500 USDC'],
    ],
    [
      'a withdrawal goes outside',
      record('FundsWithdrawn', { requestId: 'r', accountId: 'a1', amount: '500', asset: 'USDC', occurredAt: 7 }),
      ['withdrawal wallet/a1 external 500 USDC'],
    ],
    [
      'money that goes into a copy comes from the wallet',
      record('CopyFundsAdded', { ...copy, requestId: 'r', amount: '7.5', copyTotalAmt: '107.5', equityBefore: '99' }),
      ['funds_added wallet/a1 copy/a1~p~1 7.5 USDT'],
    ],
    [
      'money that is taken out of a copy goes to the wallet',
      record('CopyFundsTakenOut', { ...copy, requestId: 'r', amount: '7.5', copyTotalAmt: '92.5', equityBefore: '99' }),
      ['funds_taken_out copy/a1~p~1 wallet/a1 7.5 USDT'],
    ],
    [
      'a loss beyond the copy is the insurance’s',
      record('InsuranceDrawn', { ...copy, amount: '12.25' }),
      ['insurance insurance copy/a1~p~1 12.25 USDT'],
    ],
    [
      'a refused copy gives the money back',
      record('CopyRefused', { ...copy, copyTotalAmt: '100', reason: 'slots_full' }),
      ['refusal copy/a1~p~1 wallet/a1 100 USDT'],
    ],
    [
      'a fill costs its fee and pays what it won',
      ended({ fee: '0.05', realisedPnl: '3' }),
      ['fee copy/a1~p~1 fees 0.05 USDT', 'realised_pnl venue-clearing copy/a1~p~1 3 USDT'],
    ],
    [
      'a copied order costs the platform’s commission, too',
      ended({ fee: '0.05', commission: '0.2' }),
      ['fee copy/a1~p~1 fees 0.05 USDT', 'commission copy/a1~p~1 platform-revenue 0.2 USDT'],
    ],
    [
      'a profit share is split between provider and platform',
      record('ProfitShareCharged', { charges: [share('9.8', '0.2'), share('0', '0')] }),
      ['profit_share copy/a1~p~1 earnings/p 9.8 USDT', 'platform_fee copy/a1~p~1 platform-revenue 0.2 USDT'],
    ],
    [
      'a month that is paid comes from the wallet, one that isn’t moves nothing',
      record('SubscriptionsCharged', { charges: [month(true), month(false)] }),
      ['subscription wallet/a1 earnings/p 19.6 USDT', 'platform_fee wallet/a1 platform-revenue 0.4 USDT'],
    ],
    [
      'a rebate and a loss go the other way',
      ended({ fee: '-0.05', feeAsset: 'USDC', realisedPnl: '-3' }),
      ['fee fees copy/a1~p~1 0.05 USDC', 'realised_pnl copy/a1~p~1 venue-clearing 3 USDT'],
    ],
    [
      '8 decimals, half to even',
      ended({ fee: '0.000000005', realisedPnl: '0.000000015' }),
      ['realised_pnl venue-clearing copy/a1~p~1 0.00000002 USDT'],
    ],
    ['nothing moves, nothing is booked', ended({ type: 'CopyRejected', reason: 'venue_rejected' }), []],
    [
      'a stopped copy returns what it has',
      record('CopyStopped', { ...copy, returned: '98.5' }),
      ['return copy/a1~p~1 wallet/a1 98.5 USDT'],
    ],
    ['other events move no money', record('Answered', {}), []],
  ])('%s', (_, event, expected) => {
    const lines = postingsOf(event).map((p) => `${p.kind} ${p.source} ${p.destination} ${p.amount} ${p.asset}`);
    expect(lines).toEqual(expected);
  });
});

describe('accounts', () => {
  test.each([
    ['wallet/a1', 'wallet'],
    ['copy/a1~p~1', 'copy'],
    ['earnings/p', 'earnings'],
    ['platform-revenue', 'platform-revenue'],
    ['fees', 'fees'],
    ['venue-clearing', 'venue-clearing'],
    ['insurance', 'insurance'],
    ['external', 'external'],
  ])('%s is of kind %s', (name, kind) => {
    expect(kindOf(name)).toBe(kind);
  });

  test.each(['', 'wallet', 'wallet/', '/a1', 'fees/a1', 'loans', 'toString', 'constructor/a'])(
    'there is no account "%s"',
    (name) => {
      expect(kindOf(name)).toBeUndefined();
    },
  );

  test('what belongs to somebody is never below zero; a copy may be until it is closed', () => {
    const rules = Object.entries(accountKinds).map(([kind, rule]) => `${kind} ${rule}`);
    expect(rules).toEqual([
      'wallet never',
      'copy until_closed',
      'earnings never',
      'platform-revenue never',
      'fees always',
      'venue-clearing always',
      'insurance always',
      'external always',
    ]);
  });

  test('a copy is closed by its end and by a refusal, by nothing else', () => {
    expect(accountClosedBy(record('CopyStopped', { ...copy, returned: '0' }))).toBe('copy/a1~p~1');
    expect(accountClosedBy(record('CopyRefused', { ...copy, copyTotalAmt: '1', reason: 'slots_full' }))).toBe(
      'copy/a1~p~1',
    );
    expect(accountClosedBy(record('InsuranceDrawn', { ...copy, amount: '1' }))).toBeNull();
  });
});
