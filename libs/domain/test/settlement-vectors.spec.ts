import { decimal, text } from '../src/index.js';
import { dataFile } from './real-instruments.js';
import { started, texts, walk, type Step } from './settlement-steps.js';

type Vector = Readonly<Record<string, unknown>>;
const vectors = dataFile('vectors/profit_share.json') as readonly Vector[] | null;
const whenThere = vectors ? test : test.skip;

/** A vector and its numbers as texts. */
function the(id: string) {
  const vector = vectors?.find((one) => one['id'] === id);
  if (!vector) throw new Error(`no vector ${id}`);
  const list = (field: string): string[] => (vector[field] as number[]).map(String);
  return { ratio: String(vector['ratio']), list, number: (field: string) => String(vector[field]) };
}

/** Each PnL is a period of its own. */
const periodsOf = (pnls: readonly string[]): Step[] => pnls.flatMap((pnl): Step[] => [['pnl', pnl], ['settle']]);

whenThere('binance_hwm_weekly: a share is settled where the total PnL is above what it was at its highest', () => {
  const { ratio, list } = the('binance_hwm_weekly');
  const { receipts, share } = walk(started({ ratio }), periodsOf(list('pnl_change')));
  expect(texts(receipts.map((one) => one.providerGross))).toEqual(list('to_settle'));
  let pnl = decimal('0');
  let shared = decimal('0');
  receipts.forEach((receipt, week) => {
    pnl = pnl.plus(receipt.pnl);
    expect(text(pnl)).toBe(list('total_pnl')[week]);
    expect(text(pnl.times(ratio))).toBe(list('total_profit_share')[week]);
    expect(text(shared)).toBe(list('shared_before')[week]);
    shared = shared.plus(receipt.providerGross);
  });
  expect(text(share.totals.providerGross)).toBe('30');
});

whenThere('trubit_incremental: S = max(0, Σ PnL × x − A)', () => {
  const { ratio, list } = the('trubit_incremental');
  const { receipts } = walk(started({ ratio }), periodsOf(list('position_pnl')));
  expect(texts(receipts.map((one) => one.providerGross))).toEqual(list('deducted'));
  let accumulated = decimal('0');
  let shared = decimal('0');
  receipts.forEach((receipt, at) => {
    accumulated = accumulated.plus(receipt.pnl);
    expect(text(accumulated)).toBe(list('accumulated')[at]);
    expect(text(shared)).toBe(list('already_shared_before')[at]);
    shared = shared.plus(receipt.providerGross);
  });
});

whenThere('tradingpro_hwm: the charge is no loss to make good', () => {
  const { ratio, list } = the('tradingpro_hwm');
  const { receipts } = walk(started({ ratio }), periodsOf(list('pnl')));
  expect(texts(receipts.map((one) => one.providerGross))).toEqual(list('fee'));
});

whenThere('deep_loss: only what is above the first value bears a share', () => {
  const { list, number } = the('deep_loss');
  const [first, ...later] = list('values');
  const steps = later.flatMap((value, at): Step[] => [
    ['pnl', text(decimal(value).minus(list('values')[at] as string))],
    ['settle'],
  ]);
  const { receipts } = walk(started({ amount: first as string, ratio: '0.2' }), steps);
  expect(texts(receipts.map((one) => one.newProfit))).toEqual(['0', number('fee_base_year2')]);
  expect(texts(receipts.map((one) => one.providerGross))).toEqual(['0', '40000']);
});
