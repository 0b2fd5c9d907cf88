import { jest } from '@jest/globals';
import { record, type AnyRecord } from '@slipstream/contracts';
import { proofOf, readPublished } from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import { naiveStats } from '../../../tools/verify/naive-stats.js';
import { formulaVersion } from '../src/write-line.js';
import { openReadModel, project, type ReadModel } from './database.js';
import { Journal, ProviderLine, sequenceOf } from './history.js';

jest.setTimeout(240_000);

const histories = Number(process.env['STATS_RUNS'] ?? 16);
const dayMs = 86_400_000;
const opened: ReadModel[] = [];
const readModel = async (): Promise<ReadModel> => {
  const model = await openReadModel();
  opened.push(model);
  return model;
};
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  await stopStack();
});

const providerIds = ['p1', 'p2', 'p3'];

/** Three providers for months: trades, flows, losses of everything, followers, missed midnights, idle weeks. */
function randomLine(seed: number): ProviderLine {
  const below = sequenceOf(seed);
  const line = new ProviderLine(new Journal('providers.events', 0), 2);
  for (const id of providerIds) line.register(id, id === 'p2' ? '700' : '10000', below(dayMs));
  let at = dayMs;
  const prices = { BTCUSDT: 100, 'ETH-USDT-SWAP': 50 };
  const events = 40 + below(110);
  for (let i = 0; i < events; i++) {
    const before = at;
    at += below(10) === 0 ? below(9 * dayMs) : below(dayMs / 2);
    // The market clock strikes each midnight, unless it was stopped.
    const stopped = below(12) === 0;
    for (let midnight = before - (before % dayMs) + dayMs; midnight <= at; midnight += dayMs) {
      for (const id of ['BTCUSDT', 'ETH-USDT-SWAP'] as const) {
        prices[id] = Math.max(5, prices[id] + below(21) - 10);
        line.mark(id, `${prices[id]}.${below(10)}`);
      }
      if (!stopped || midnight + dayMs > at) line.tick(midnight, true);
    }
    something(line, below, i, at, prices);
  }
  return line;
}

function something(
  line: ProviderLine,
  below: (n: number) => number,
  i: number,
  at: number,
  prices: Record<'BTCUSDT' | 'ETH-USDT-SWAP', number>,
): void {
  const providerId = providerIds[below(3)] as string;
  const what = below(20);
  if (what === 0) return line.funds(providerId, 'deposit', `${1 + below(5000)}.25`, at);
  if (what === 1) return line.funds(providerId, 'withdrawal', `${1 + below(900)}`, at);
  if (what === 2) return line.funds(providerId, 'funding', `${below(41) - 20}.5`, at);
  if (what === 3) return line.funds(providerId, 'equity', `${below(20_000) - 500}`, at);
  if (what < 6) return line.journal.add(profileEvent(below(7), providerId, at));
  if (what < 8) return line.tick(at - (at % 60_000), false);
  const instrument = (['BTCUSDT', 'ETH-USDT-SWAP'] as const)[below(2)] ?? 'BTCUSDT';
  line.fill(
    providerId,
    {
      instrument,
      side: below(2) === 0 ? 'buy' : 'sell',
      positionSide: (['long', 'short', 'net'] as const)[below(3)] ?? 'net',
    },
    {
      sequence: i,
      tradeId: null,
      price: `${prices[instrument]}.${below(10)}`,
      quantity: String(1 + below(30)),
      fee: `${below(3) - 1}.${below(10)}`,
      feeAsset: 'USDT',
      realisedPnl: below(4) === 0 ? `${below(900) - 450}.5` : null,
      // Some fills come late, some bear the time of the next day.
      occurredAt: at + (below(10) === 0 ? below(dayMs) - dayMs / 2 : 0),
    },
  );
}

function profileEvent(which: number, providerId: string, occurredAt: number): AnyRecord {
  const copy = { providerId, accountId: 'a', copyId: `a~${providerId}~1`, occurredAt };
  const asked = { requestId: '', providerId, occurredAt };
  switch (which) {
    case 0:
      return record('ProviderRetired', asked);
    case 1:
      return record('ProviderBlocked', { ...asked, blocked: occurredAt % 2 === 0, reason: 'looked at' });
    case 2:
      return record('FollowerRemoved', { ...copy, afterOrder: 1 });
    case 3:
      return record('ProviderVisibilityChanged', { ...asked, visibility: 'private' });
    default:
      return record('FollowerAdmitted', { ...copy, fromOrder: 1, joins: [] });
  }
}

async function agree(model: ReadModel, records: readonly { offset: number; event: AnyRecord }[]): Promise<void> {
  for (const providerId of providerIds) {
    const found = await readPublished(model.pool, providerId);
    const naive = naiveStats(0, records, providerId, () => '1');
    expect(found === undefined).toBe(naive === null);
    if (!found || !naive) continue;
    expect(found.stats).toEqual({ ...naive, formulaVersion });
    expect(found.hash).toBe(proofOf({ ...naive, formulaVersion }));
  }
}

test(`equal the plain recomputation to the last digit, at any point of ${histories} random histories`, async () => {
  const model = await readModel();
  const statuses = new Set<string>();
  for (let seed = 1; seed <= histories; seed++) {
    for (const { name } of await tables(model)) await model.pool.query(`TRUNCATE "${name}"`);
    const { records } = randomLine(seed).journal;
    const below = sequenceOf(seed);
    const cut = 1 + below(records.length);
    await project(model, records.slice(0, cut), [1 + below(40), 1 + below(40)], seed % 2 === 0);
    await agree(model, records.slice(0, cut));
    await project(model, records.slice(cut), [1 + below(90)], seed % 3 === 0);
    await agree(model, records);
    for (const providerId of providerIds)
      statuses.add((await readPublished(model.pool, providerId))?.stats.status ?? '');
  }
  // Few histories needn't hold everything.
  if (histories >= 16) expect([...statuses].sort()).toEqual(['active', 'blocked', 'failed', 'retired']);
});

const tables = async (model: ReadModel): Promise<{ name: string }[]> =>
  (
    await model.pool.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'read_model' AND tablename NOT LIKE '%migrations'
         AND tablename NOT LIKE 'provider\\_periods\\_%'`,
    )
  ).rows;
