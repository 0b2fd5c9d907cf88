import type { AnyRecord, SettlementReceipt, SubscriptionReceipt } from '@slipstream/contracts';
import { decimal, text } from '@slipstream/domain';
import fc from 'fast-check';
import { Carried } from '../src/carried.js';
import { describe as inWords } from '../src/describe.js';
import { notify } from '../src/notify.js';
import type { Notice } from '../src/notification.js';
import { addUp, isTotal, totalKey, type TotalFacts } from '../src/total.js';
import { controls } from './examples.js';

const dayMs = 86_400_000;
const monday = Date.UTC(2026, 0, 5);
const told = (...events: readonly AnyRecord[]): Notice[] =>
  events.flatMap((event) => notify(new Carried(), event, dayMs));
const words = (notices: readonly Notice[]) =>
  notices.map(({ recipient, facts }) => {
    const { title, body } = inWords(facts);
    return `${recipient}: ${title} | ${body}`;
  });

/** A receipt of a full week with 100.5 of profit, a tenth of which is paid. */
const receipt: SettlementReceipt = {
  ...controls.ProfitShareSettled.receipts[0]!,
  ...{ accountId: 'f1', copyId: 'f1~p1~1', providerId: 'p1', cause: 'period' },
  ...{ from: monday - 7 * dayMs, until: monday, occurredAt: monday },
  ...{ newProfit: '100.5', gapAfter: '0', profitShareRatio: '0.1', dueBefore: '0', dueAfter: '0' },
  ...{ providerGross: '10.05', platformFee: '0.201', providerNet: '9.849' },
};
const nothing = { newProfit: '0', providerGross: '0.00', platformFee: '0', providerNet: '0' };
const settle = (...receipts: readonly SettlementReceipt[]) => told({ ...controls.ProfitShareSettled, receipts });

describe('a follower is told of a settlement', () => {
  const followersWords = (of: Partial<SettlementReceipt>) => words(settle({ ...receipt, ...of }))[0];

  test.each<[string, Partial<SettlementReceipt>, string]>([
    [
      'with what was paid',
      {},
      '10.05 USDT profit share paid to p1 | From 2025-12-29 00:00 UTC to 2026-01-05 00:00 UTC: 100.5 USDT new profit, share 10 %.',
    ],
    [
      'with what is still due',
      { providerGross: '8', dueBefore: '1', dueAfter: '3.05' },
      '8 USDT profit share paid to p1 | From 2025-12-29 00:00 UTC to 2026-01-05 00:00 UTC: 100.5 USDT new profit, share 10 %. ' +
        '1 USDT was due from before. 3.05 USDT stays due for the next settlement.',
    ],
    [
      'under water: by how much',
      { ...nothing, gapAfter: '12.50' },
      'Settled with p1: nothing paid | From 2025-12-29 00:00 UTC to 2026-01-05 00:00 UTC: no new profit, the copy is 12.5 USDT below its high watermark.',
    ],
    [
      'where nothing has moved',
      nothing,
      'Settled with p1: nothing paid | From 2025-12-29 00:00 UTC to 2026-01-05 00:00 UTC: no new profit, the copy stands at its high watermark.',
    ],
    [
      'where nothing was available',
      { ...nothing, newProfit: '100', dueAfter: '10' },
      'Settled with p1: nothing paid | From 2025-12-29 00:00 UTC to 2026-01-05 00:00 UTC: 100 USDT new profit, share 10 %. 10 USDT stays due for the next settlement.',
    ],
    [
      'at its stop: the last one',
      { cause: 'stop', until: monday + 600_000 },
      '10.05 USDT profit share paid to p1 | Last settlement of this copy, at 2026-01-05 00:10 UTC. ' +
        'From 2025-12-29 00:00 UTC to 2026-01-05 00:10 UTC: 100.5 USDT new profit, share 10 %.',
    ],
    [
      'at a stop with the boundary',
      { ...nothing, cause: 'stop', from: monday, gapAfter: '3', dueBefore: '2', dueAfter: '2' },
      'Settled with p1: nothing paid | Last settlement of this copy, at 2026-01-05 00:00 UTC. ' +
        'Since the settlement at 2026-01-05 00:00 UTC: no new profit, the copy is 3 USDT below its high watermark. ' +
        '2 USDT was due from before. 2 USDT stays due, should you copy p1 again.',
    ],
    [
      'at the end of its provider',
      { cause: 'retirement' },
      '10.05 USDT profit share paid to p1 | p1 has retired: settled at 2026-01-05 00:00 UTC. ' +
        'From 2025-12-29 00:00 UTC to 2026-01-05 00:00 UTC: 100.5 USDT new profit, share 10 %. ' +
        'What is still open is settled when the copy has stopped.',
    ],
  ])('%s', (_, of, expected) => {
    expect(followersWords(of)).toBe(`account/f1: ${expected}`);
  });
});

describe('a provider is told of settlements', () => {
  const providersWords = (...receipts: readonly SettlementReceipt[]) => words(settle(...receipts)).at(-1);
  const second = { ...receipt, accountId: 'f2', providerGross: '0.15', platformFee: '0.003', providerNet: '0.147' };

  test.each<[string, SettlementReceipt[], string]>([
    [
      'added up',
      [receipt, { ...second, dueAfter: '4.85' }],
      '9.996 USDT profit share earned | 2 copies settled as of 2026-01-05 00:00 UTC: 10.2 USDT less a platform fee of 0.204 USDT. ' +
        '4.85 USDT stays due for the next settlement.',
    ],
    [
      'that bring nothing',
      [1, 2, 3].map(() => ({ ...receipt, ...nothing })),
      '3 copies settled, nothing earned | As of 2026-01-05 00:00 UTC: no new profit.',
    ],
    [
      'that could pay nothing',
      [{ ...receipt, ...nothing, dueAfter: '10' }],
      '1 copy settled, nothing earned | As of 2026-01-05 00:00 UTC: nothing was available. 10 USDT stays due for the next settlement.',
    ],
    [
      'so small that the platform takes nothing',
      [{ ...receipt, providerGross: '0.00000001', platformFee: '0', providerNet: '0.00000001' }],
      '0.00000001 USDT profit share earned | 1 copy settled as of 2026-01-05 00:00 UTC: 0.00000001 USDT.',
    ],
    [
      'at a stop',
      [{ ...receipt, cause: 'stop', dueAfter: '1' }],
      '9.849 USDT profit share earned | 1 copy settled at its stop, 2026-01-05 00:00 UTC: 10.05 USDT less a platform fee of 0.201 USDT. ' +
        '1 USDT stays due, should you be copied again.',
    ],
    [
      'at the stop of several',
      [1, 2].map(() => ({ ...receipt, ...nothing, cause: 'stop' as const })),
      '2 copies settled, nothing earned | At their stop, 2026-01-05 00:00 UTC: no new profit.',
    ],
    [
      'at its retirement',
      [{ ...receipt, ...nothing, cause: 'retirement' }],
      '1 copy settled, nothing earned | At your retirement, 2026-01-05 00:00 UTC: no new profit.',
    ],
  ])('%s', (_, receipts, expected) => {
    expect(providersWords(...receipts)).toBe(`provider/p1: ${expected}`);
  });

  test('of several providers, causes or moments: each provider hears of each', () => {
    const stop = { ...second, cause: 'stop' as const };
    const later = { ...second, until: monday + 1 };
    const notices = settle(receipt, stop, { ...receipt, providerId: 'p2' }, later);
    expect(notices.slice(4).map(({ recipient, facts, occurredAt }) => [recipient, facts, occurredAt])).toMatchObject([
      ['provider/p1', { cause: 'period', copies: 1, earned: '9.849', stillDue: '0' }, monday],
      ['provider/p1', { cause: 'stop', copies: 1, earned: '0.147' }, monday],
      ['provider/p2', { cause: 'period', copies: 1, earned: '9.849' }, monday],
      ['provider/p1', { cause: 'period', copies: 1, earned: '0.147' }, monday + 1],
    ]);
  });

  test('not of copies that pay by the month and no share; of what they owe from before they do', () => {
    const byMonth = { ...receipt, ...nothing, profitShareRatio: '0', newProfit: '100' };
    expect(settle(byMonth)).toEqual([]);
    expect(settle({ ...byMonth, dueBefore: '1', dueAfter: '1' })).toHaveLength(2);
  });
});

describe('months of subscriptions', () => {
  const until = Date.UTC(2026, 1, 5);
  const paid: SubscriptionReceipt = {
    ...controls.SubscriptionSettled.receipts[0]!,
    ...{ accountId: 'f1', copyId: 'f1~p1~1', providerId: 'p1', paid: true, from: monday, until, occurredAt: monday },
    ...{ price: '20', platformFee: '0.4', providerNet: '19.6' },
  };
  const unpaid = { ...paid, accountId: 'f2', paid: false, available: '3.5', platformFee: '0', providerNet: '0' };
  const month = '2026-01-05 00:00 UTC to 2026-02-05 00:00 UTC';

  test('are told to both sides, to the provider by outcome and moment', () => {
    const other = { ...paid, accountId: 'f4', from: monday + 60_000 };
    const receipts = [paid, unpaid, { ...paid, accountId: 'f3' }, other];
    expect(words(told({ ...controls.SubscriptionSettled, receipts }))).toEqual([
      `account/f1: Subscription to p1 paid | 20 USDT for ${month}.`,
      `account/f2: Subscription to p1 not paid | 20 USDT for ${month} was due and 3.5 USDT was in your wallet; the copy closes with its provider.`,
      `account/f3: Subscription to p1 paid | 20 USDT for ${month}.`,
      'account/f4: Subscription to p1 paid | 20 USDT for 2026-01-05 00:01 UTC to 2026-02-05 00:00 UTC.',
      'provider/p1: 39.2 USDT earned from subscriptions | 2 copies paid 40 USDT for the month from 2026-01-05 00:00 UTC on, less a platform fee of 0.8 USDT.',
      'provider/p1: 1 copy did not pay | 20 USDT for the month from 2026-01-05 00:00 UTC on stays unpaid; this copy stops.',
      'provider/p1: 19.6 USDT earned from subscriptions | 1 copy paid 20 USDT for the month from 2026-01-05 00:01 UTC on, less a platform fee of 0.4 USDT.',
    ]);
  });
});

describe('a total', () => {
  const partOf = (n: number): TotalFacts => {
    const amount = text(decimal(String(n)).times('0.00000001'));
    const { facts } = settle({ ...receipt, providerGross: amount, platformFee: '0', providerNet: amount }).at(-1)!;
    if (!isTotal(facts)) throw new Error('no total');
    return facts;
  };

  test('is exact and the same in whatever order its parts come', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(parts, (numbers) => {
        const forward = numbers.map(partOf).reduce(addUp);
        const sum = numbers.reduce((total, n) => total + BigInt(n), 0n);
        const exact = text(decimal(String(sum)).times('0.00000001'));
        expect(forward).toMatchObject({ copies: numbers.length, gross: exact, earned: exact });
        expect(numbers.toReversed().map(partOf).reduce(addUp)).toEqual(forward);
      }),
    );
  });

  test('takes no part of another one', () => {
    const other = { ...partOf(1), until: monday + 1 } as TotalFacts;
    expect(totalKey(other)).not.toBe(totalKey(partOf(1)));
    expect(() => addUp(partOf(1), other)).toThrow('is no part of');
  });
});
