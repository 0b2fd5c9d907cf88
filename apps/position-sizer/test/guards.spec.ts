import type { AnyRecord, CopySettings } from '@slipstream/contracts';
import { defaultPolicy, instrumentTable, text } from '@slipstream/domain';
import { drive } from '@slipstream/testing';
import { positionSizer } from '../src/fold.js';
import { active, closing, copyId, filled, given, line, mark, order, stop, types, wallet } from './examples.js';
import { close, pause } from './requests-examples.js';

/** A copy of 500 that bought (or sold short) 2.5 X at 40, with leverage 10: margin 10, paid 0.05. */
const holding = (own: Partial<CopySettings> = {}, side: 'buy' | 'sell' = 'buy'): AnyRecord[] => [
  ...active(own),
  order(1, { side }),
  filled(`${copyId}#1`, '2.5'),
];
const stateOf = (driven: ReturnType<typeof given>) => driven.state.entry(copyId)!;
const skipsOf = (events: readonly AnyRecord[]) =>
  events.flatMap((event) => (event.type === 'CopiesDecided' ? event.skipped.map(({ reason }) => reason) : []));
const other = { leadPositionId: 'other', openedByOrderNo: 2 };

describe('take profit and stop loss', () => {
  test.each([
    ['buy', { tpRatio: '0.1' }, '43.999', null],
    ['buy', { tpRatio: '0.1' }, '44', 'take_profit'],
    ['buy', { slRatio: '0.1' }, '36.001', null],
    ['buy', { slRatio: '0.1' }, '36', 'stop_loss'],
    ['sell', { tpRatio: '0.1' }, '36.001', null],
    ['sell', { tpRatio: '0.1' }, '36', 'take_profit'],
    ['sell', { slRatio: '0.1' }, '43.999', null],
    ['sell', { slRatio: '0.1' }, '44', 'stop_loss'],
  ] as const)('%s %j at %s: %s', (side, own, price, trigger) => {
    const driven = given(...holding(own, side));
    const events = driven.give(mark(100, price)).slice(1);
    if (trigger === null) return expect(events).toEqual([]);
    expect(events).toMatchObject([
      { type: 'PositionTriggered', leadPositionId: 'lead', trigger, mark: price },
      {
        type: 'CopyOrdersPlaced',
        terms: { causeType: trigger, causeId: 'lead', mark: price },
        placed: [{ orderId: `${copyId}#${trigger}-1`, quantity: '2.5', side: side === 'buy' ? 'sell' : 'buy' }],
      },
    ]);
    // Once is enough, and what the provider does with the lead position is no longer copied.
    expect(driven.give(mark(200, price)).slice(1)).toEqual([]);
    driven.give(filled(`${copyId}#${trigger}-1`, '2.5', price));
    expect(skipsOf(driven.give(order(2, { side, effect: 'increase' })))).toEqual(['closed_by_follower']);
  });

  test('one that the venue rejects is tried again at the next tick', () => {
    const driven = given(...holding({ slRatio: '0.1' }), mark(100, '36'), filled(`${copyId}#stop_loss-1`, '0'));
    expect(driven.give(mark(60_000, '36'))).toMatchObject([
      { type: 'MarketTicked' },
      { type: 'CopyOrdersPlaced', terms: { causeType: 'late_fill', causeId: 'lead' }, placed: [{ quantity: '2.5' }] },
    ]);
  });
});

describe('the loss at which a copy stops', () => {
  test.each([
    ['maxLoss', { maxLoss: '0.1' }, '20.021', '20.02'],
    ['slTotalAmt', { slTotalAmt: '25' }, '30.021', '30.02'],
  ])('%s: at the mark that reaches it', (_, own, above, reached) => {
    const driven = given(...holding(own));
    expect(types(driven.give(mark(100, above)))).toEqual(['MarketTicked']);
    expect(driven.give(mark(200, reached))).toMatchObject([
      { type: 'CopyStopping', reason: 'max_loss_reached', subPosCloseType: 'market_close' },
      { type: 'CopyOrdersPlaced', terms: { causeType: 'max_loss' } },
    ]);
  });

  test('holds for a copy that is paused, or stops as the provider closes', () => {
    for (const before of [pause(), stop('copy_close'), stop('manual_close')]) {
      const driven = given(...holding({ slTotalAmt: '25' }), before);
      expect(types(driven.give(mark(100, '30')))).toEqual(['MarketTicked', 'CopyStopping', 'CopyOrdersPlaced']);
      expect(types(driven.give(mark(200, '29')))).toEqual([]);
    }
  });
});

describe('liquidation', () => {
  const all = { copyAmt: '4500', leverageMode: 'own', leverage: '10' } as const;
  /** 112.5 X at 40 on 500: margin 450, fee 2.25. */
  const cross = [...active(all), order(1), filled(`${copyId}#1`, '112.5', '40', '2.25')];

  test('cross: when what the copy has falls to the maintenance margin everything goes and the copy stops', () => {
    const driven = given(...cross);
    expect(types(driven.give(mark(100, '35.76')))).toEqual(['MarketTicked']);
    // 497.75 − 112.5 × 4.26 = 18.5; 0.5 % of 4,020.75 is 20.1
    expect(driven.give(mark(200, '35.74'))).toMatchObject([
      { type: 'PositionLiquidated', mark: '35.74', equity: '18.5', maintenance: '20.10375' },
      { type: 'CopyOrdersPlaced', terms: { causeType: 'liquidation' }, placed: [{ quantity: '112.5' }] },
      { type: 'CopyStopping', reason: 'liquidated' },
    ]);
    expect(types(driven.give(filled(`${copyId}#liquidation-1`, '112.5', '35.7', '2')))).toEqual([
      'CopyOrdersEnded',
      'CopyStopped',
    ]);
    // 497.75 − 112.5 × 4.3 − 2
    expect(wallet(driven)).toBe('512');
  });

  test('a loss beyond what the copy has is borne by the insurance, never by the wallet', () => {
    const driven = given(...cross, mark(100, '30'));
    expect(driven.give(filled(`${copyId}#liquidation-1`, '112.5', '30', '1.75'))).toMatchObject([
      { type: 'CopyOrdersEnded' },
      { type: 'InsuranceDrawn', amount: '629' },
      { type: 'CopyStopped', returned: '0' },
    ]);
    expect(wallet(driven)).toBe('500');
  });

  test('isolated: the one position goes, further increases of it are not copied, the copy goes on', () => {
    const driven = given(...holding({ marginMode: 'isolated' }));
    expect(types(driven.give(mark(100, '36.2')))).toEqual(['MarketTicked']);
    // Margin 10, loss 9.6; 0.5 % of 90.4
    expect(driven.give(mark(200, '36.16'))).toMatchObject([
      { type: 'PositionLiquidated', equity: '0.4', maintenance: '0.452' },
      { type: 'CopyOrdersPlaced', terms: { causeType: 'liquidation' } },
    ]);
    driven.give(filled(`${copyId}#liquidation-1`, '2.5', '36.16'));
    expect(skipsOf(driven.give(order(2, { effect: 'increase' })))).toEqual(['position_liquidated']);
    expect(driven.give(order(3, other))).toMatchObject([{ placed: [{ quantity: '2.5' }] }]);
  });

  test('follows the provider’s margin mode where the copy has none of its own', () => {
    const driven = given(...active(), order(1, { marginMode: 'isolated' }), filled(`${copyId}#1`, '2.5'));
    expect(stateOf(driven).copy.positions[0]?.care.marginMode).toBe('isolated');
  });
});

describe('a provider that dumps on its followers', () => {
  const dumped = { ...closing, price: '40', mark: '38' } as const;

  test('the close goes out in slices, one per mark and whatever the price, until all is closed', () => {
    const driven = given(...holding());
    expect(driven.give(order(2, dumped))).toMatchObject([{ placed: [{ quantity: '0.625', target: '0' }] }]);
    // Nothing while a slice is on its way.
    expect(types(driven.give(mark(100, '37')))).toEqual(['MarketTicked']);
    driven.give(filled(`${copyId}#2`, '0.625', '38'));
    for (const n of [1, 2, 3]) {
      expect(driven.give(mark(100 + n, `3${5 - n}`))).toMatchObject([
        { terms: { causeType: 'sliced_exit', causeId: 'lead' }, placed: [{ quantity: '0.625', target: '0' }] },
      ]);
      driven.give(filled(`${copyId}#sliced_exit-${n}`, '0.625', `3${5 - n}`));
    }
    expect(stateOf(driven).copy.positions).toEqual([]);
    expect(driven.give(mark(200, '1'))).toEqual([]);
  });

  test('a close within the collar goes out whole, and so does one of a short that the market fell away from', () => {
    expect(given(...holding()).give(order(2, { ...dumped, mark: '39.2' }))).toMatchObject([
      { placed: [{ quantity: '2.5' }] },
    ]);
    const short = given(...holding({}, 'sell'));
    expect(short.give(order(2, { ...dumped, side: 'buy' }))).toMatchObject([{ placed: [{ quantity: '2.5' }] }]);
  });

  test('lots that don’t divide, a rejected slice, a stop in between', () => {
    const lots = positionSizer(instrumentTable({ X: { lot: '0.5' } }), defaultPolicy);
    const driven = drive(lots, 4);
    driven.give(...holding(), order(2, dumped), filled(`${copyId}#2`, '1', '38'));
    // 2.5 in lots of 0.5: slices of 1, 1 and 0.5
    expect(driven.give(mark(101, '37')).at(-1)).toMatchObject({ placed: [{ quantity: '1' }] });
    driven.give(filled(`${copyId}#sliced_exit-1`, '0'));
    expect(driven.give(mark(102, '36')).at(-1)).toMatchObject({ placed: [{ quantity: '1' }] });
    driven.give(filled(`${copyId}#sliced_exit-2`, '1', '36'));
    expect(driven.give(mark(103, '35')).at(-1)).toMatchObject({ placed: [{ quantity: '0.5' }] });
    driven.give(filled(`${copyId}#sliced_exit-3`, '0'));
    expect(driven.give(stop('market_close')).at(-1)).toMatchObject({
      terms: { causeType: 'stop' },
      placed: [{ quantity: '0.5' }],
    });
    driven.give(filled(`${copyId}#stop-4`, '0.5', '35'));
    expect(driven.state.entry(copyId)?.copy.status).toBe('stopped');
  });

  test('no slice is sent where the open it was to close came to nothing', () => {
    const short = { side: 'sell', positionSide: 'short' } as const;
    const halved = { ...short, effect: 'reduce', side: 'buy', fraction: '0.5', price: '40', mark: '42' } as const;
    const driven = given(...active(), order(1, short), order(2, halved));
    driven.give(filled(`${copyId}#1`, '0'), filled(`${copyId}#2`, '0'));
    expect(types(driven.give(mark(101, '42')))).toEqual(['MarketTicked']);
  });

  test('after a save and a load the slices go on', () => {
    const driven = given(...holding(), order(2, dumped), filled(`${copyId}#2`, '0.625', '38'));
    expect(driven.reloaded().give(mark(101, '37'))).toEqual(driven.give(mark(101, '37')));
  });
});

test('a position closed by hand while a collared close is under way is closed whole, and forgotten', () => {
  const driven = given(...holding(), order(2, { ...closing, mark: '38' }), filled(`${copyId}#2`, '0.625', '38'));
  expect(driven.give(close())).toMatchObject([{}, { placed: [{ quantity: '1.875' }] }]);
  driven.give(filled(`${copyId}#close_by_hand-1`, '1.875', '37'));
  expect(stateOf(driven).copy.positions).toEqual([]);
  expect(text(stateOf(driven).copy.reserved)).toBe('0');
  expect(line).toBeGreaterThanOrEqual(0);
});
