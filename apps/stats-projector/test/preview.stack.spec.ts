import { jest } from '@jest/globals';
import { decimal, owedOf, previewSettlement, roundAmount, text, zero, type Decimal } from '@slipstream/domain';
import { readCopy, readSettlementPreview } from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import type pg from 'pg';
import { openReadModel, project, type ReadModel } from './database.js';
import { Journal, sequenceOf } from './history.js';
import { randomShares, type Held, type ShareWorld } from './share-world.js';

jest.setTimeout(120_000);

const opened: ReadModel[] = [];
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  await stopStack();
});

const platformFeeRatio = decimal('0.02');
const position = { quantity: '0.1234', cost: '12.34', mark: '140.12345678' };
/** More decimals than an amount has: 4.951234566652. */
const held = decimal(position.quantity).times(decimal(position.mark)).minus(decimal(position.cost));

/** Copies as the other journal would leave them: PnL of all time, and for every second one an open position. */
async function fillCopies(pool: pg.Pool, world: ShareWorld): Promise<Map<string, Decimal>> {
  await pool.query('INSERT INTO lines VALUES (0, $1)', [world.at]);
  await pool.query("INSERT INTO line_marks VALUES (0, 'BTCUSDT', $1, 1)", [position.mark]);
  const unrealised = new Map<string, Decimal>();
  for (const [i, { ids, earned, share }] of [...world.copies.values()].entries()) {
    const isOpen = i % 2 === 0 && share.status === 'running';
    unrealised.set(ids.copyId, isOpen ? held : zero);
    await pool.query(
      `INSERT INTO copies (copy_id, account_id, provider_id, accounts_partition, line, status, stop_reason,
         copy_total_amt, from_order, realised_pnl, fees, returned, placed, skipped, filled, rejected, requested_at, stopped_at,
         put_in, insured, invested, started_with, growth, base)
       VALUES ($1, $2, $3, 3, 0, 'active', NULL, 1, 1, $4, 1.5, NULL, 0, 0, 0, 0, 0, NULL, $5, 0.5, 1, 1, 1, 1)`,
      [ids.copyId, ids.accountId, ids.providerId, text(earned.plus(decimal('1'))), text(share.equity)],
    );
    if (isOpen)
      await pool.query(
        `INSERT INTO copied_lead_positions (copy_id, lead_position_id, instrument, position_side, target, quantity, cost)
         VALUES ($1, 'p/BTCUSDT/long/1', 'BTCUSDT', 'long', 0, $2, $3)`,
        [ids.copyId, position.quantity, position.cost],
      );
  }
  return unrealised;
}

/** What the domain would settle at this moment, all that is owed being there. */
function settled({ share, pnl }: Held, at: number, unrealised: Decimal) {
  const equity = roundAmount(share.equity.plus(pnl).plus(unrealised));
  const measured = previewSettlement(share, at, { equity, available: zero, platformFeeRatio });
  if (measured === null) return null;
  const figures = previewSettlement(share, at, { equity, available: owedOf(measured), platformFeeRatio });
  if (figures === null) throw new Error('it was running');
  return {
    ...{ from: new Date(figures.from).toISOString(), until: new Date(figures.until).toISOString() },
    ...{ equity: text(equity), gap: text(figures.gapBefore), newProfit: text(figures.newProfit) },
    ...{ accrued: text(figures.accrued), owed: text(owedOf(figures)) },
    ...{ platformFeeAtMost: text(figures.platformFee), providerNetAtMost: text(figures.providerNet) },
    steps: (['equityBefore', 'pnl', 'gapWithdrawn', 'equityAfter'] as const).map((name) => [name, text(figures[name])]),
  };
}

test.each([1, 2, 3, 4, 5, 6])('history %i: the preview of each copy is what the domain would settle', async (seed) => {
  const world = randomShares(new Journal('settlements.events', 3), sequenceOf(seed), ['p1', 'p2', 'p3']);
  const model = await openReadModel();
  opened.push(model);
  await project(model, world.journal.records);
  const unrealised = await fillCopies(model.pool, world);
  let running = 0;
  for (const copy of world.copies.values()) {
    const { copyId } = copy.ids;
    const shown = await readSettlementPreview(model.pool, copyId, platformFeeRatio);
    const expected = settled(copy, world.at, unrealised.get(copyId) ?? zero);
    if (expected === null) {
      expect(shown).toMatchObject({ nothing: copy.share.pending.length > 0 ? 'stopping' : 'ended', settlement: null });
      continue;
    }
    running += 1;
    const { steps, ...figures } = expected;
    expect(shown?.settlement).toMatchObject(figures);
    const values = shown?.settlement?.steps.map(({ name, value }) => [name, value]);
    for (const step of steps) expect(values).toContainEqual(step);
    expect(shown?.due).toBe(text(copy.share.due));
    expect(shown?.asked.map(({ settlementId }) => settlementId)).toEqual(
      copy.share.pending.map(({ settlementId }) => settlementId),
    );
  }
  expect(running).toBeGreaterThan(5);
});

test('a mark that needs rounding: preview and copy show the equity that would be measured', async () => {
  const world = randomShares(new Journal('settlements.events', 3), sequenceOf(1), ['p1'], 1);
  const model = await openReadModel();
  opened.push(model);
  await project(model, world.journal.records);
  await fillCopies(model.pool, world);
  const [copy] = world.copies.values();
  const copyId = copy?.ids.copyId ?? '';
  const shown = await readSettlementPreview(model.pool, copyId, platformFeeRatio);
  const equity = shown?.settlement?.equity ?? '';
  expect(equity).toMatch(/\.\d{1,8}$/);
  expect(equity).toBe(text(roundAmount(decimal(equity))));
  expect(shown?.settlement?.unrealised).toBe('4.95123457');
  // One that earned nothing but that.
  await model.pool.query(
    'UPDATE copies SET put_in = 1300, realised_pnl = 1, fees = 1, insured = 0 WHERE copy_id = $1',
    [copyId],
  );
  expect((await readCopy(model.pool, copyId))?.equity).toBe('1304.95123457');
});
