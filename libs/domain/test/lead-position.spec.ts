import type { AppliedFill, ProviderOrder, ProviderOrderTaken } from '@slipstream/contracts';
import fc from 'fast-check';
import {
  afterOrder,
  decimal,
  defaultInstrument,
  isWon,
  parseFill,
  positionNetPnl,
  providerFrom,
  takeOrders,
  text,
  withOrder,
  zero,
  type Decimal,
  type LeadPositionFigures,
  type ParsedFill,
} from '../src/index.js';

/** The order on instruments of contract size 1. */
const counted = (position: LeadPositionFigures | undefined, one: ProviderOrderTaken) =>
  afterOrder(position, one, decimal('1'));

const order = (fields: Partial<ProviderOrder>): ProviderOrder => ({
  providerId: 'p',
  orderNo: 1,
  providerOrderId: 'p/1',
  effect: 'open',
  leadPositionId: 'p/BTCUSDT/short/1',
  openedByOrderNo: 1,
  instrument: 'BTCUSDT',
  side: 'sell',
  positionSide: 'short',
  price: '100',
  quantity: '1',
  fraction: '0',
  usage: null,
  leverage: null,
  marginMode: null,
  blocked: [],
  mark: '100',
  knownPosition: true,
  occurredAt: 5,
  ...fields,
});
const fill = (fields: Partial<AppliedFill>): AppliedFill => ({
  sequence: 1,
  part: 'whole',
  price: '100',
  quantity: '1',
  fee: '0.1',
  feeAsset: 'USDT',
  realisedPnl: '0',
  averageCostPnl: '0',
  excess: '0',
  pnlDiffers: false,
  occurredAt: 5,
  ...fields,
});
const taken = (
  fields: Partial<ProviderOrder>,
  fills: AppliedFill[],
  after: string,
  cost: string | null,
): ProviderOrderTaken => ({
  type: 'ProviderOrderTaken',
  order: order(fields),
  fills,
  owed: 0,
  equityBefore: '1000',
  positionAfter: after,
  averageCostAfter: cost,
});

describe('a lead position', () => {
  const open = taken({}, [fill({ quantity: '0.05' })], '-0.05', '100');

  test('has the PnL of its reduces and the fees of all its fills, and closes when flat', () => {
    const opened = counted(undefined, open);
    const closed = counted(opened, taken({ effect: 'close' }, [fill({ realisedPnl: '1', fee: '0.2' })], '0', null));
    expect(opened?.closedAt).toBeNull();
    expect([closed?.closedAt, closed && text(positionNetPnl(closed)), closed && isWon(closed)]).toEqual([
      5,
      '0.7',
      true,
    ]);
    expect(closed && text(closed.largestCost)).toBe('5');
  });

  test('a reduce beyond what is known closes the known part with its share of PnL and fee', () => {
    const beyond = fill({ quantity: '0.2', excess: '0.15', realisedPnl: '8', fee: '0.4' });
    const closed = counted(counted(undefined, open), taken({ effect: 'close' }, [beyond], '0', null));
    expect([closed && text(closed.pnl), closed && text(closed.fees)]).toEqual(['2', '0.2']);
  });

  test('a reduce of nothing known is no position', () => {
    const unknown = taken(
      { effect: 'close', knownPosition: false },
      [fill({ excess: '1', realisedPnl: '9' })],
      '0',
      null,
    );
    expect(counted(undefined, unknown)).toBeUndefined();
  });

  test('net PnL of exactly zero is not won', () => {
    const closed = counted(
      counted(undefined, open),
      taken({ effect: 'close' }, [fill({ realisedPnl: '0.2', fee: '0.1' })], '0', null),
    );
    expect(closed && isWon(closed)).toBe(false);
  });
});

describe('lead positions of a random history', () => {
  const fills = fc.array(
    fc.record({
      buy: fc.boolean(),
      quantity: fc.integer({ min: 1, max: 5 }),
      price: fc.integer({ min: 50, max: 150 }),
      fee: fc.integer({ min: -3, max: 9 }),
    }),
    { maxLength: 40 },
  );

  test('are those of the plain recomputation, one-way mode with flips included', () => {
    fc.assert(
      fc.property(fills, (history) => {
        const closed = closedPositions(history);
        expect(closed).toEqual(naive(history).map(({ pnl, fees }) => [rounded(pnl), rounded(fees)]));
      }),
    );
  });

  type History = readonly {
    readonly buy: boolean;
    readonly quantity: number;
    readonly price: number;
    readonly fee: number;
  }[];

  function closedPositions(history: History): string[][] {
    let provider = providerFrom({ providerId: 'p', startingCapital: '1000' });
    const open = new Map<string, LeadPositionFigures>();
    const closed: string[][] = [];
    history.forEach(({ buy, quantity, price, fee }, sequence) => {
      const source = {
        instrument: 'X',
        side: buy ? ('buy' as const) : ('sell' as const),
        positionSide: 'net' as const,
        leverage: null,
        marginMode: null,
      };
      const parsed = parseFill({
        sequence,
        tradeId: null,
        price: String(price),
        quantity: String(quantity),
        fee: String(fee),
        feeAsset: 'USDT',
        realisedPnl: null,
        occurredAt: sequence,
      }) as ParsedFill;
      for (const one of takeOrders(provider, source, [parsed], {
        mark: () => decimal('1'),
        instruments: () => defaultInstrument,
      })) {
        provider = withOrder(provider, one);
        const position = counted(open.get(one.order.leadPositionId), {
          type: 'ProviderOrderTaken',
          ...one,
          owed: 0,
        });
        if (position === undefined) continue;
        open.set(position.leadPositionId, position);
        if (position.closedAt !== null) closed.push([rounded(position.pnl), rounded(position.fees)]);
      }
    });
    return closed;
  }

  /** Unit by unit: each traded unit either opens or takes one off; flat ends a position. */
  function naive(history: History): { pnl: Decimal; fees: Decimal }[] {
    const done: { pnl: Decimal; fees: Decimal }[] = [];
    let now = { pnl: zero, fees: zero };
    let held = 0;
    let cost = zero;
    for (const { buy, quantity, price, fee } of history) {
      for (let unit = 0; unit < quantity; unit++) {
        const step = buy ? 1 : -1;
        now.fees = now.fees.plus(decimal(String(fee)).div(decimal(String(quantity))));
        if (held * step >= 0) cost = cost.plus(decimal(String(price)));
        else {
          const average = cost.div(decimal(String(Math.abs(held))));
          const gain = decimal(String(price)).minus(average);
          now.pnl = held > 0 ? now.pnl.plus(gain) : now.pnl.minus(gain);
          cost = cost.minus(average);
        }
        held += step;
        if (held === 0) {
          done.push(now);
          now = { pnl: zero, fees: zero };
          cost = zero;
        }
      }
    }
    return done;
  }

  /** Both divide, in another order: equal to 12 decimals. */
  const rounded = (value: Decimal): string => text(value.round(12));
});
