import fc from 'fast-check';
import type { RecordProviderFills, SourceFill } from '@slipstream/contracts';
import { instrumentTable } from '../src/instrument.js';
import { decimal, isZero, text, zero, type Decimal } from '../src/money.js';
import { parseFill, type ParsedFill } from '../src/order/parse-fill.js';
import { providerFrom, withOrder, type Provider } from '../src/order/provider.js';
import { takeOrders, type TakenOrder } from '../src/order/take-order.js';

type Side = RecordProviderFills['side'];
type PositionSide = RecordProviderFills['positionSide'];

const registered = providerFrom({ providerId: 'p', startingCapital: '1000' });

/** Takes fills written as `quantity @ price`, with realised PnL where the venue gave it. */
class Trader {
  provider: Provider = registered;
  private sequence = 0;
  readonly marks = new Map<string, Decimal>();

  fills(
    side: Side,
    positionSide: PositionSide,
    ...told: readonly [string, string, (string | null)?, string?][]
  ): TakenOrder[] {
    const fills = told.map(([quantity, price, realisedPnl = null, fee = '0']) => {
      const fill: SourceFill = {
        sequence: ++this.sequence,
        tradeId: null,
        price,
        quantity,
        fee,
        feeAsset: 'USDT',
        realisedPnl,
        occurredAt: this.sequence,
      };
      return parseFill(fill) as ParsedFill;
    });
    const source = { instrument: 'X', side, positionSide, leverage: null, marginMode: null };
    const market = { mark: (id: string) => this.marks.get(id), instruments: instrumentTable() };
    const taken = takeOrders(this.provider, source, fills, market);
    for (const order of taken) this.provider = withOrder(this.provider, order);
    return taken;
  }
}

const brief = ({ order, positionAfter }: TakenOrder): string =>
  `${order.orderNo} ${order.providerOrderId} ${order.effect} ${order.quantity}@${order.price} f=${order.fraction} → ${positionAfter}`;

test.each<[string, PositionSide, [Side, string, string][], string[]]>([
  [
    'a long in hedge mode from flat to flat',
    'long',
    [
      ['buy', '1', '10'],
      ['buy', '3', '20'],
      ['sell', '1', '30'],
      ['sell', '3', '30'],
    ],
    [
      '1 p/1 open 1@10 f=0 → 1',
      '2 p/2 increase 3@20 f=0 → 4',
      '3 p/3 reduce 1@30 f=0.25 → 3',
      '4 p/4 close 3@30 f=1 → 0',
    ],
  ],
  [
    'a short in hedge mode is negative',
    'short',
    [
      ['sell', '2', '10'],
      ['buy', '1', '9'],
      ['buy', '1', '9'],
    ],
    ['1 p/1 open 2@10 f=0 → -2', '2 p/2 reduce 1@9 f=0.5 → -1', '3 p/3 close 1@9 f=1 → 0'],
  ],
  [
    'one-way mode through zero inside one fill',
    'net',
    [
      ['buy', '1', '10'],
      ['sell', '3', '12'],
      ['buy', '2', '11'],
    ],
    [
      '1 p/1 open 1@10 f=0 → 1',
      '2 p/2/close close 1@12 f=1 → 0',
      '3 p/2/open open 2@12 f=0 → -2',
      '4 p/3 close 2@11 f=1 → 0',
    ],
  ],
])('%s', (_, positionSide, steps, expected) => {
  const trader = new Trader();
  expect(
    steps.flatMap(([side, quantity, price]) => trader.fills(side, positionSide, [quantity, price])).map(brief),
  ).toEqual(expected);
});

test('through zero the PnL belongs to the position that is closed and the fee is split by quantity', () => {
  const trader = new Trader();
  trader.fills('buy', 'net', ['1', '10']);
  const [close, open] = trader.fills('sell', 'net', ['4', '12', '2', '0.4']) as [TakenOrder, TakenOrder];
  expect(close.fills).toMatchObject([
    { part: 'first', quantity: '1', fee: '0.1', realisedPnl: '2', averageCostPnl: '2' },
  ]);
  expect(open.fills).toMatchObject([
    { part: 'rest', quantity: '3', fee: '0.3', realisedPnl: '0', averageCostPnl: '0' },
  ]);
  expect([close.order.leadPositionId, open.order.leadPositionId]).toEqual(['p/X/net/1', 'p/X/net/3']);
  expect(text(trader.provider.realised)).toBe('2');
});

test('fills of one order that close exactly and then open are two orders', () => {
  const trader = new Trader();
  trader.fills('sell', 'net', ['2', '10']);
  const taken = trader.fills('buy', 'net', ['1', '8'], ['1', '9'], ['1', '9'], ['2', '12']);
  expect(taken.map(brief)).toEqual(['2 p/2/close close 2@8.5 f=1 → 0', '3 p/2/open open 3@11 f=0 → 3']);
  expect(taken.map(({ fills }) => fills.map((fill) => fill.part))).toEqual([
    ['whole', 'whole'],
    ['whole', 'whole'],
  ]);
});

test('fills that reduce and then flip inside one fill are a close and an open', () => {
  const trader = new Trader();
  trader.fills('buy', 'net', ['3', '10']);
  const taken = trader.fills('sell', 'net', ['1', '11'], ['5', '13']);
  expect(taken.map(brief)).toEqual([
    '2 p/2/close close 3@12.33333333333333333333 f=1 → 0',
    '3 p/2/open open 3@13 f=0 → -3',
  ]);
});

test('a hedge reduce beyond the known position closes it; the venue PnL of the whole stands', () => {
  const trader = new Trader();
  trader.fills('sell', 'short', ['0.05', '100']);
  const [close] = trader.fills('buy', 'short', ['0.15', '90', '1.5'], ['0.1', '90', '1']) as [TakenOrder];
  expect(brief(close)).toBe('2 p/2 close 0.25@90 f=1 → 0');
  expect(close.order.knownPosition).toBe(true);
  expect(close.fills).toMatchObject([
    { excess: '0.1', realisedPnl: '1.5', averageCostPnl: '0.5', pnlDiffers: true },
    { excess: '0.1', realisedPnl: '1', averageCostPnl: '0', pnlDiffers: true },
  ]);
  expect(text(trader.provider.realised)).toBe('2.5');
});

test('a reduce of which nothing is known changes no position and says so', () => {
  const trader = new Trader();
  const [taken] = trader.fills('sell', 'long', ['1', '10', '3']) as [TakenOrder];
  expect(taken.order).toMatchObject({
    effect: 'close',
    knownPosition: false,
    openedByOrderNo: 0,
    leadPositionId: 'p/X/long/0',
  });
  expect(taken).toMatchObject({ positionAfter: '0', averageCostAfter: null });
  expect(trader.provider.positions).toEqual({});
});

test.each([
  ['where the venue gave it, also zero', '0', '0', true],
  ['where the venue gave it within 0.1 %', '4.99', '4.99', false],
  ['by average cost where it gave none', null, '5', false],
])('realised PnL counts %s', (_, given, counts, differs) => {
  const trader = new Trader();
  trader.fills('buy', 'long', ['1', '10']);
  const [taken] = trader.fills('sell', 'long', ['1', '15', given]) as [TakenOrder];
  expect(taken.fills[0]).toMatchObject({ realisedPnl: counts, averageCostPnl: '5', pnlDiffers: differs });
});

test('usage is notional ÷ equity before the order, with open positions at their marks', () => {
  const trader = new Trader();
  expect(trader.fills('buy', 'long', ['2', '100', null, '50'])[0]).toMatchObject({
    equityBefore: '1000',
    order: { usage: '0.2' },
  });
  trader.marks.set('X', decimal('125'));
  // 1000 − 50 fee + 2 × 25 unrealised
  expect(trader.fills('buy', 'long', ['1', '125'])[0]).toMatchObject({
    equityBefore: '1000',
    order: { usage: '0.125', mark: '125' },
  });
});

test('usage is unknown once the equity is gone', () => {
  const trader = new Trader();
  trader.fills('buy', 'long', ['10', '100']);
  trader.fills('sell', 'long', ['10', '1', '-1001']);
  expect(trader.fills('buy', 'long', ['1', '1'])[0]?.order.usage).toBeNull();
});

test.each([
  ['price', { price: '0' }],
  ['price', { price: 'NaN' }],
  ['price', { price: '1e5' }],
  ['quantity', { quantity: '-1' }],
  ['quantity', { quantity: '1'.repeat(40) }],
  ['fee', { fee: '' }],
  ['realisedPnl', { realisedPnl: 'Infinity' }],
])('a fill with a bad %s is no fill: %j', (field, wrong) => {
  const good = {
    sequence: 7,
    tradeId: null,
    price: '1',
    quantity: '1',
    fee: '0',
    feeAsset: 'USDT',
    realisedPnl: null,
    occurredAt: 1,
  };
  expect(typeof parseFill(good)).toBe('object');
  expect(parseFill({ ...good, ...wrong })).toContain(`${field} of sequence 7`);
});

const quantityOf = fc.integer({ min: 1, max: 50 }).map((n) => text(decimal(String(n)).div('10')));
const priceOf = fc.integer({ min: 1, max: 500 }).map(String);
const step = fc.record({
  side: fc.constantFrom<Side>('buy', 'sell'),
  positionSide: fc.constantFrom<PositionSide>('net', 'long', 'short'),
  fills: fc.array(fc.tuple(quantityOf, priceOf), { minLength: 1, maxLength: 4 }),
});

/** The naive twin: all fills kept, the position and its PnL worked out from the whole list by lots of cost. */
function naive(
  fills: readonly { signed: Decimal; price: Decimal }[],
  hedge: 1 | -1 | null,
): { quantity: Decimal; pnl: Decimal } {
  let quantity = zero;
  let cost = zero;
  let pnl = zero;
  for (const fill of fills) {
    let rest = fill.signed;
    if (!isZero(quantity) && rest.s !== quantity.s) {
      const part = rest.abs().gt(quantity.abs()) ? quantity.abs() : rest.abs();
      const share = cost.times(part).div(quantity.abs());
      pnl = pnl.plus(fill.price.times(part).times(quantity.s === 1 ? '1' : '-1')).minus(share);
      cost = cost.minus(share);
      const moved = part.times(rest.s === 1 ? '1' : '-1');
      quantity = quantity.plus(moved);
      rest = rest.minus(moved);
    }
    if (isZero(rest) || (hedge !== null && rest.s !== hedge)) continue;
    quantity = quantity.plus(rest);
    cost = cost.plus(fill.price.times(rest));
  }
  return { quantity, pnl };
}

test('positions and PnL equal those of a naive twin; numbers have no holes; fees and quantities are kept', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const trader = new Trader();
      const taken = steps.flatMap(({ side, positionSide, fills }) =>
        trader.fills(
          side,
          positionSide,
          ...fills.map(([quantity, price]) => [quantity, price, null, '0.07'] as [string, string, null, string]),
        ),
      );
      expect(taken.map(({ order }) => order.orderNo)).toEqual(taken.map((_, index) => index + 1));
      expect(new Set(taken.map(({ order }) => order.providerOrderId)).size).toBe(taken.length);
      const given = steps.reduce((sum, { fills }) => sum + fills.length, 0);
      expect(text(trader.provider.fees)).toBe(text(decimal('0.07').times(String(given))));
      let pnl = zero;
      for (const [positionSide, hedge] of [
        ['net', null],
        ['long', 1],
        ['short', -1],
      ] as const) {
        const fills = steps
          .filter((one) => one.positionSide === positionSide)
          .flatMap(({ side, fills }) =>
            fills.map(([quantity, price]) => ({
              signed: decimal(quantity).times(side === 'buy' ? '1' : '-1'),
              price: decimal(price),
            })),
          );
        const twin = naive(fills, hedge);
        pnl = pnl.plus(twin.pnl);
        expect(text(trader.provider.positions[`X/${positionSide}`]?.quantity ?? zero)).toBe(text(twin.quantity));
      }
      expect(trader.provider.realised.minus(pnl).abs().lt('0.0000000001')).toBe(true);
    }),
  );
});
