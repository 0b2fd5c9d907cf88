import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { Mark, SettlementReceipt } from '@slipstream/contracts';
import { decimal, max, min, roundAmount, text, zero, type Decimal } from '@slipstream/domain';
import { readFlows, readReceipt, type MonthReceipt, type Receipt } from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import { openReadModel, project, type ReadModel } from './database.js';
import { Journal, sequenceOf } from './history.js';
import { randomShares, ShareWorld, type Held } from './share-world.js';

jest.setTimeout(120_000);

const opened: ReadModel[] = [];
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  await stopStack();
});

async function projected({ journal, accounts }: ShareWorld): Promise<ReadModel> {
  const model = await openReadModel();
  opened.push(model);
  for (const { records } of [journal, accounts]) await project(model, records);
  return model;
}

const worldOf = (seed: number): ShareWorld =>
  randomShares(new Journal('settlements.events', 3), sequenceOf(seed), ['p1', 'p2'], 400);
const emptyWorld = (): ShareWorld => new ShareWorld(new Journal('settlements.events', 3), sequenceOf(1), ['p1']);

async function receiptOf({ pool }: ReadModel, settlementId: string): Promise<Receipt> {
  const shown = await readReceipt(pool, settlementId);
  if (shown?.kind !== 'profit_share') throw new Error(`${settlementId} has no receipt`);
  return shown;
}

const sum = (values: readonly Decimal[]): Decimal => values.reduce((all, one) => all.plus(one), zero);
const numbers = <K extends string>(of: Readonly<Record<K, string | null>>): Record<K, Decimal> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, decimal(String(value))])) as Record<K, Decimal>;

/** All steps of a receipt, by hand: from what is answered and isn't a step. */
function byHand({ inputs, flows }: Receipt): Record<string, Decimal> {
  const given = numbers(inputs);
  const own = flows.map(({ kind, ...flow }) => ({ kind, ...numbers(amountsOf(flow)) }));
  for (const { kind, amount, equityBefore, due, gapBefore, gapAfter } of own) {
    const its = equityBefore.minus(due);
    const kept = amount.gte(its) ? zero : roundAmount(gapBefore.times(its.minus(amount)).div(its));
    expect(text(gapAfter)).toBe(text(kind === 'withdrawal' && gapBefore.gt(zero) ? kept : gapBefore));
  }
  const of = (kind: string): Decimal => sum(own.filter((flow) => flow.kind === kind).map(({ amount }) => amount));
  const equityBefore = given.cash.plus(given.unrealised);
  const pnl = equityBefore.minus(given.equityOpening).minus(of('deposit')).plus(of('withdrawal'));
  const gapWithdrawn = sum(own.map(({ gapBefore, gapAfter }) => gapBefore.minus(gapAfter)));
  const gapBefore = given.gapOpening.minus(pnl).minus(gapWithdrawn);
  const newProfit = max(zero, gapBefore.neg());
  const accrued = roundAmount(newProfit.times(given.profitShareRatio));
  const owed = given.dueBefore.plus(accrued);
  const providerGross = min(owed, given.available);
  const platformFee = roundAmount(providerGross.times(given.platformFeeRatio));
  return {
    ...{
      equityBefore,
      pnl,
      gapWithdrawn,
      gapBefore,
      newProfit,
      gapAfter: max(zero, gapBefore),
      accrued,
      providerGross,
    },
    ...{ dueAfter: owed.minus(providerGross), platformFee, providerNet: providerGross.minus(platformFee) },
    equityAfter: equityBefore.minus(providerGross),
  };
}

const amountsOf = ({ amount, equityBefore, due, gapBefore, gapAfter }: Omit<Receipt['flows'][number], 'kind'>) => ({
  ...{ amount, equityBefore, due, gapBefore, gapAfter },
});
const texts = (figures: Readonly<Record<string, Decimal>>): Record<string, string> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, text(value)]));
const digest = (of: string): string => createHash('sha256').update(of, 'utf8').digest('hex');

describe('a receipt alone', () => {
  test.each([1, 2, 3])(
    'history %i: every step follows from what is answered, flows and measure with it',
    async (seed) => {
      const world = worldOf(seed);
      const model = await projected(world);
      const marks = new Map(
        world.accounts.records.map(({ event, offset }) => [offset, event.type === 'CopiesMeasured' ? event.marks : []]),
      );
      let withdrawn = 0;
      for (const { settlementId, measuredAt, unrealised } of world.receipts) {
        const shown = await receiptOf(model, settlementId);
        expect(Object.fromEntries(shown.steps.map(({ name, value }) => [name, value]))).toEqual(texts(byHand(shown)));
        expect(shown.inputs.unrealised).toBe(unrealised);
        expect(shown.marks).toEqual(
          (marks.get(measuredAt) ?? []).map(({ instrument, price }: Mark) => ({ instrument, price })),
        );
        const sums = shown.steps.find(({ name }) => name === 'gapWithdrawn');
        if (sums?.value !== '0') withdrawn += 1;
      }
      expect(withdrawn).toBeGreaterThan(3);
    },
  );

  test.each([1, 2, 3])('history %i: the first one says what was carried, and from where', async (seed) => {
    const world = worldOf(seed);
    const model = await projected(world);
    const last = new Map(world.receipts.map((receipt) => [receipt.copyId, receipt]));
    const seen = new Set<string>();
    let carrying = 0;
    for (const { settlementId, copyId, from, gapOpening, dueBefore, equityOpening } of world.receipts) {
      const { carried } = await receiptOf(model, settlementId);
      if (seen.has(copyId)) expect(carried).toBeNull();
      else if (carried === null) expect([gapOpening, dueBefore]).toEqual(['0', '0']);
      else {
        carrying += 1;
        const left = last.get(carried.fromCopyId) as SettlementReceipt;
        const { gapAfter, equityAfter, dueAfter } = left;
        const [amount, equity] = [decimal(carried.amount), decimal(equityAfter)];
        const part = amount.gte(equity) ? decimal(gapAfter) : roundAmount(decimal(gapAfter).times(amount).div(equity));
        expect([carried.gap, carried.due, carried.amount]).toEqual([gapOpening, dueBefore, equityOpening]);
        const hasExpired = from >= left.until + 90 * 86_400_000;
        expect([carried.gap, carried.due]).toEqual([hasExpired ? '0' : text(part), dueAfter]);
        const place = world.journal.records.find(({ offset }) => offset === carried.logPosition?.offset);
        expect(place?.event).toMatchObject({ type: 'CopyShareStarted', copyId });
      }
      seen.add(copyId);
    }
    expect(carrying).toBeGreaterThan(2);
  });

  test('its hash is that of a text in which every name and figure of it is', async () => {
    const world = worldOf(4);
    const model = await projected(world);
    for (const { settlementId } of world.receipts.slice(0, 20)) {
      const { proof, inputs, steps, ...shown } = await receiptOf(model, settlementId);
      expect(digest(proof.hashed)).toBe(proof.hash);
      const { cash: _, ...given } = inputs;
      const { accountId, copyId, providerId, cause, settlementPeriod } = shown;
      expect(JSON.parse(proof.hashed)).toEqual({
        ...{ settlementId, accountId, copyId, providerId, cause, settlementPeriod },
        ...{ from: Date.parse(shown.from), until: Date.parse(shown.until), occurredAt: Date.parse(shown.occurredAt) },
        ...given,
        ...Object.fromEntries(steps.map(({ name, value }) => [name, value])),
        ...{ logPartition: proof.receipt.partition, logOffset: proof.receipt.offset },
        ...{ measuredAt: proof.measure.offset, chargedAt: proof.charge?.offset ?? null },
      });
    }
    for (const { chargeId } of world.months.slice(0, 5)) {
      const month = (await readReceipt(model.pool, chargeId)) as MonthReceipt;
      expect(digest(month.proof.hashed)).toBe(month.proof.hash);
      expect(JSON.parse(month.proof.hashed)).toMatchObject({ chargeId, paid: month.paid, price: month.price });
    }
  });

  test('of before parts and marks were told, it says so, and its hash is the one it had', async () => {
    const world = worldOf(5);
    for (const { event } of world.journal.records) {
      if (event.type === 'ProfitShareSettled')
        for (const receipt of event.receipts) (receipt as { unrealised: null }).unrealised = null;
    }
    const model = await projected(world);
    const [first] = world.receipts;
    const shown = await receiptOf(model, first?.settlementId ?? '');
    expect(shown).toMatchObject({ inputs: { cash: null, unrealised: null }, marks: null });
    expect(shown.steps[0]).toMatchObject({
      name: 'equityBefore',
      formula: 'as measured; its parts were not told when it was made',
    });
    expect(digest(shown.proof.hashed)).toBe(shown.proof.hash);
    expect(shown.proof.hashed).not.toContain('unrealised');
  });
});

test('two settlements at one moment have the flows of their own', async () => {
  const world = emptyWorld();
  world.start('a', 'p1');
  const held = [...world.copies.values()][0] as Held;
  const moved = (times: number): void => {
    for (let i = 0; i < times; i++) world.move(held);
  };
  moved(2);
  world.measure([held], 'retirement');
  moved(3);
  world.measure([held], 'stop');
  for (let i = 0; i < 20; i++) world.answer();
  const model = await projected(world);
  const flows = await Promise.all(
    world.receipts.map(async ({ settlementId }) => (await receiptOf(model, settlementId)).flows),
  );
  expect(world.receipts.map(({ from, until }) => [from, until])).toEqual([
    [world.at, world.at],
    [world.at, world.at],
  ]);
  expect(flows.map((own) => own.length)).toEqual([2, 3]);
  const offsets = flows.flat().map(({ logPosition }) => logPosition.offset);
  expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
});

test('more flows than are shown are counted', async () => {
  const world = emptyWorld();
  world.start('a', 'p1');
  const held = [...world.copies.values()][0] as Held;
  for (let i = 0; i < 7; i++) world.move(held);
  const { pool } = await projected(world);
  const { flows, flowsLeftOut } = await readFlows(pool, held.ids.copyId, 0, 5);
  expect([flows.length, flowsLeftOut]).toEqual([5, 2]);
});
