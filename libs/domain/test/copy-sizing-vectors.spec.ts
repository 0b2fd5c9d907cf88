import { instrumentTable } from '../src/instrument.js';
import { decimal, text, type Decimal } from '../src/money.js';
import { decided, Follower, termsOf } from './follower.js';
import { dataFile } from './real-instruments.js';

type Vector = Readonly<Record<string, string | number>>;

/** Margin (notional ÷ leverage) of a proportional copy of an order with this margin, by a lead with this equity. */
function margin(leadMargin: Decimal, leadBalance: Decimal, balance: string, leverage = '10'): string {
  const notional = leadMargin.times(leverage);
  const order = { price: '1', mark: '1', quantity: text(notional), usage: text(notional.div(leadBalance)), leverage };
  const { placed } = decided({
    settings: { mode: 'proportional' },
    order,
    money: balance,
    instrument: { lot: '0.01' },
  });
  return text(decimal(placed?.quantity ?? '0').div(leverage));
}

/** Quantity of a copy by quantity. */
const byRatio = (quantity: string, copyRatio: string): string | undefined => {
  const order = { price: '1', mark: '1', quantity };
  return decided({ settings: { mode: 'ratio_copy', copyRatio }, order }).placed?.quantity;
};

/** How each worked example is read; what it gives, and what it says must come out. */
const readings: Readonly<Record<string, (field: (name: string) => string) => [unknown, unknown]>> = {
  // Both leave fees out; half of what there is is used, so they fit.
  binance_fixed_ratio_open: (the) => [
    margin(decimal(the('lead_order_cost')), decimal(the('lead_margin_balance')), the('copier_margin_balance')),
    the('copier_order_cost'),
  ],
  binance_copy_then_open: (the) => [
    margin(decimal(the('lead_initial_margin')), decimal(the('lead_margin_balance')), the('copier_balance')),
    the('copier_order_cost'),
  ],
  cointr_auto: (the) => [
    margin(decimal(the('lead_margin')), decimal(the('lead_balance')), the('copier_invest'), the('leverage')),
    the('copier_margin'),
  ],
  proportional_close: (the) => {
    const follower = new Follower(
      termsOf({ mode: 'ratio_copy', copyRatio: the('copier_position') }),
      instrumentTable(),
    );
    follower.takes({ quantity: the('lead_position') });
    const fraction = text(decimal(the('lead_close')).div(the('lead_position')));
    const { placed } = follower.takes({ effect: 'reduce', side: 'sell', fraction });
    return [placed?.quantity, the('copier_close')];
  },
  fixed_multiplier: (the) => [byRatio(the('lead_qty'), the('multiplier')), the('copier_qty')],
  quantity_ratio: (the) => [byRatio(the('lead_qty'), the('multiplier')), the('copier_qty')],
  // Less than a contract, and less than the minimum notional: a recorded skip each, whose target waits.
  min_size_skip: () => {
    const half = { mode: 'ratio_copy', copyRatio: '0.1' } as const;
    const skips = [{ lot: '1' }, { minimumNotional: '20.01' }].map(
      (instrument) => decided({ settings: half, order: { quantity: '5' }, instrument }).skipped,
    );
    return [
      skips.map((skip) => [skip?.reason, skip?.target]),
      [
        ['below_lot', '0.5'],
        ['below_minimum', '0.5'],
      ],
    ];
  },
};

const vectors = dataFile('vectors/copy_sizing.json') as readonly Vector[] | null;
const each = vectors ?? [];

(vectors ? test : test.skip)('every worked example of a venue is read', () => {
  expect(each.map(({ id }) => String(id)).sort()).toEqual(Object.keys(readings).sort());
});

for (const vector of each)
  test(`${String(vector['id'])} (${String(vector['source'])})`, () => {
    const field = (name: string): string => {
      if (vector[name] === undefined) throw new Error(`the example has no ${name}`);
      return text(decimal(String(vector[name])));
    };
    const reading = readings[String(vector['id'])];
    const [is, should] = reading?.(field) ?? [undefined, 'a reading'];
    expect(is).toEqual(should);
  });
