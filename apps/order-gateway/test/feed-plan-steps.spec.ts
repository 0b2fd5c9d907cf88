import { partitionCount, partitionOf, record, type MarkPrices, type RecordProviderFills } from '@slipstream/contracts';
import { dayMs, hourMs, minuteMs, StepPlan, type Step } from '../src/feed/plan-steps.js';

const start = Date.UTC(2024, 3, 22, 10, 20);

function order(
  providerId: string,
  sequence: number,
  occurredAt: number,
  price: string,
  instrument = 'BTCUSDT',
): RecordProviderFills {
  return record('RecordProviderFills', {
    providerId,
    clientOrderId: null,
    venueOrderId: null,
    instrument,
    side: 'buy',
    positionSide: 'long',
    leverage: null,
    marginMode: null,
    fills: [
      { sequence, tradeId: null, price, quantity: '1', fee: '0', feeAsset: 'USDT', realisedPnl: null, occurredAt },
    ],
  });
}

const ticksOf = (steps: readonly Step[]): MarkPrices[] =>
  steps.filter((step) => step.commands.length === partitionCount).map((step) => step.commands[0]?.record as MarkPrices);

const brief = ({ at, boundary, marks }: MarkPrices): [string, boolean, string] => [
  new Date(at).toISOString().slice(5, 16),
  boundary,
  marks.map((mark) => `${mark.instrument}=${mark.price}`).join(' '),
];

describe('an order', () => {
  test("goes to its provider's partition behind its own price", () => {
    const [step] = new StepPlan('f').order(order('p1', 3, start, '100'));
    const partition = partitionOf('p1', partitionCount);
    expect(
      step?.commands.map((each) => [each.record.type, each.key, each.partition, each.source, each.correlationId]),
    ).toEqual([
      ['MarkPrices', null, partition, 'file:f/0/1/0/1', 'p1/3'],
      ['RecordProviderFills', 'p1', partition, 'file:f/0/1/1/1', 'p1/3'],
    ]);
    expect(step?.commands[0]?.record).toMatchObject({
      at: start,
      boundary: false,
      marks: [{ instrument: 'BTCUSDT', price: '100' }],
    });
  });

  test('of an earlier time leaves the clock where it is', () => {
    const plan = new StepPlan('f');
    plan.order(order('p1', 1, start, '100'));
    const [step] = plan.order(order('p2', 1, start - 5_000, '99'));
    expect(step?.at).toBe(start);
    expect(step?.commands[0]?.record).toMatchObject({ at: start, marks: [{ price: '99' }] });
  });

  test('begins no earlier than the clock of the sources before', () => {
    const [step] = new StepPlan('f', start + hourMs).order(order('p1', 1, start, '100'));
    expect(step?.commands[0]?.record).toMatchObject({ at: start + hourMs });
  });
});

describe('everybody gets', () => {
  test('what changed in a market hour, once it is over', () => {
    const plan = new StepPlan('f');
    const steps = [
      ...plan.order(order('p1', 1, start, '100')),
      ...plan.order(order('p1', 2, start + minuteMs, '101')),
      ...plan.order(order('p2', 1, start + 2 * minuteMs, '7', 'ETHUSDT')),
      ...plan.order(order('p1', 3, start + 3 * hourMs, '102')),
      ...plan.order(order('p1', 4, start + 4 * hourMs, '102')),
    ];
    expect(ticksOf(steps).map(brief)).toEqual([
      ['04-22T11:00', false, 'BTCUSDT=101 ETHUSDT=7'],
      ['04-22T14:00', false, 'BTCUSDT=102'],
    ]);
  });

  test('each midnight passed, with all prices, also the one at which a fill lies', () => {
    const plan = new StepPlan('f');
    const midnight = Math.ceil(start / dayMs) * dayMs;
    plan.order(order('p1', 1, start, '100'));
    plan.order(order('p2', 1, start, '7', 'ETHUSDT'));
    plan.order(order('p1', 2, start + hourMs, '101'));
    const steps = plan.order(order('p1', 3, midnight + 2 * dayMs, '102'));
    expect(ticksOf(steps).map(brief)).toEqual([
      ['04-22T12:00', false, 'BTCUSDT=101'],
      ['04-23T00:00', true, 'BTCUSDT=101 ETHUSDT=7'],
      ['04-24T00:00', true, 'BTCUSDT=101 ETHUSDT=7'],
      ['04-25T00:00', true, 'BTCUSDT=101 ETHUSDT=7'],
    ]);
    expect(steps.at(-1)?.orders).toBe(1);
  });

  test('a last tick a minute after the end', () => {
    const plan = new StepPlan('f');
    plan.order(order('p1', 1, start, '100'));
    expect(ticksOf(plan.end()).map(brief)).toEqual([['04-22T10:21', false, 'BTCUSDT=100']]);
    expect(new StepPlan('f').end()).toEqual([]);
  });
});

test('steps are numbered without holes and time never goes back', () => {
  const plan = new StepPlan('f');
  const steps: Step[] = [];
  for (let i = 0; i < 500; i += 1) {
    const at = start + i * 700_000 - (i % 7) * 800_000;
    steps.push(...plan.order(order(`p${i % 3}`, i, at, String(100 + (i % 11)))));
  }
  steps.push(...plan.end());
  expect(steps.map((step) => step.n)).toEqual(steps.map((_, i) => i + 1));
  for (const [i, step] of steps.entries()) expect(step.at).toBeGreaterThanOrEqual(steps[i - 1]?.at ?? 0);
  const sources = steps.flatMap((step) => step.commands.map((each) => `${each.partition} ${each.source}`));
  expect(new Set(sources).size).toBe(sources.length);
});
