import { jest } from '@jest/globals';
import { record, type AnyRecord, type SettlementReceipt } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import type pg from 'pg';
import { feedProjection } from '../src/project.js';
import { countUnread, markRead, readFeed } from '../src/read-feed.js';
import { createWebhook } from '../src/webhooks.js';
import { controls } from './examples.js';
import { journal, openNotices, project, quick, tell, type Notices } from './world.js';

jest.setTimeout(60_000);

const opened: Notices[] = [];
async function notices(): Promise<Notices> {
  const one = await openNotices();
  opened.push(one);
  return one;
}
afterEach(async () => void (await Promise.all(opened.splice(0).map((one) => one.close()))));
afterAll(stopStack);

const day = Date.UTC(2026, 0, 5);

/** Whole numbers below a bound, the same for the same seed. */
function sequenceOf(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    // The low digits of such a sequence repeat soon.
    return Math.floor(state / 65_536) % bound;
  };
}

const accountIds = ['f1', 'f2', 'f3', 'f4'];

interface History {
  readonly accounts: AnyRecord[];
  readonly providers: AnyRecord[];
  /** Of several partitions; they settle at the same moments. */
  readonly settlements: readonly AnyRecord[][];
}

/** A month of one accounts partition: copies start and stop, orders are skipped, the clock ticks; and of one provider line. */
function randomHistory(seed: number): History {
  const below = sequenceOf(seed);
  const [accounts, providers]: [AnyRecord[], AnyRecord[]] = [[], []];
  const settlements: AnyRecord[][] = [[], [], []];
  let at = day;
  for (let i = 0; i < 400; i++) {
    at += below(400) * 36_000;
    const accountId = accountIds[below(4)] as string;
    const copy = { accountId, copyId: `${accountId}~p1~1`, providerId: 'p1', occurredAt: at };
    const skipped = accountIds
      .slice(below(4))
      .map((id) => ({ accountId: id, copyId: `${id}~p1~1`, reason: 'below_lot' as const, target: null }));
    const order = { ...controls.CopiesDecided.order, providerId: 'p1', occurredAt: at };
    switch (below(6)) {
      case 0:
        accounts.push({ ...controls.CopyStopping, ...copy, reason: below(2) === 0 ? 'follower' : 'max_loss_reached' });
        break;
      case 1:
        accounts.push({ ...controls.CopyStopped, ...copy });
        break;
      case 2:
        providers.push(
          { ...controls.FollowerAdmitted, ...copy },
          { ...controls.ProviderTermsChanged, providerId: 'p1', occurredAt: at },
        );
        break;
      case 3: {
        const until = at - (at % (12 * 3_600_000));
        settlements[below(3)]!.push(below(3) === 0 ? monthOf(copy, until) : settledAt(copy, until, below));
        break;
      }
      default:
        accounts.push(record('CopiesDecided', { line: 0, order, placed: [], skipped, missed: [] }));
    }
    if (i % 3 === 0) accounts.push(record('MarketTicked', { at, boundary: false, line: 0, marks: [] }));
  }
  // Open windows and half-stopped copies at the end.
  const last = { accountId: 'f1', copyId: 'f1~p1~2', providerId: 'p1', occurredAt: at };
  const skipped = [{ ...last, reason: 'copy_stopping' as const, target: null }];
  accounts.push({ ...controls.CopyStopping, ...last, reason: 'follower' });
  accounts.push({ ...controls.CopiesDecided, line: 0, placed: [], skipped, missed: [] });
  return { accounts, providers, settlements };
}

type Copy = Pick<SettlementReceipt, 'accountId' | 'copyId' | 'providerId'>;

function settledAt(copy: Copy, until: number, below: (bound: number) => number): AnyRecord {
  const [receipt] = controls.ProfitShareSettled.receipts;
  const amounts = { providerGross: `0.${below(1e6)}1`, platformFee: `0.0000000${below(10)}` };
  const providerNet = `${below(1e6)}.00000001`;
  const one = { ...receipt!, ...copy, ...amounts, providerNet, until, occurredAt: until };
  const causes = ['period', 'stop'] as const;
  const receipts = Array.from({ length: 1 + below(3) }, () => ({ ...one, cause: causes[below(2)]! }));
  return { ...controls.ProfitShareSettled, receipts };
}

function monthOf(copy: Copy, from: number): AnyRecord {
  const [receipt] = controls.SubscriptionSettled.receipts;
  return { ...controls.SubscriptionSettled, receipts: [{ ...receipt!, ...copy, from, paid: true, occurredAt: from }] };
}

/** All rows that journals make, as text. */
async function dump(pool: pg.Pool): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of ['feed', 'recipients', 'carried', 'told']) {
    const { rows } = await pool.query<{ row: string }>(
      `SELECT t::text AS row FROM notifications.${table} t ORDER BY 1`,
    );
    found[table] = rows.map(({ row }) => row);
  }
  return found;
}

const partsOf = (history: History) => [
  journal('providers.events', 2, history.providers),
  journal('accounts.events', 4, history.accounts),
  ...history.settlements.map((events, i) => journal('settlements.events', 4 + i, events)),
];

test('the rows are the same however the journals are cut, in whatever order partitions come, whatever is forgotten', async () => {
  const parts = partsOf(randomHistory(11));
  const config = quick({ FEED_ROWS_MAX: '40', SKIP_DIGEST_HOURS: '6' });
  const whole = await notices();
  for (const records of parts) await tell(whole.pool, config, records);
  const expected = await dump(whole.pool);
  // More was told than is kept, and windows are open.
  expect(expected['recipients']!.join()).toMatch(/account\/f4,40,\d+,.*provider\/p1,40,\d+,/s);
  expect(expected['carried']!.join()).toMatch(/skips\/0.*stopping.*followers\/p1/s);
  const types = await whole.pool.query<{ type: string }>('SELECT DISTINCT type FROM notifications.feed ORDER BY 1');
  expect(types.rows.map(({ type }) => type)).toEqual([
    'copy_stopped',
    'max_loss_reached',
    'orders_skipped',
    'settlement',
    'subscription_paid',
    'terms_changed',
  ]);
  const { rows: totals } = await whole.pool.query<{ copies: number }>(
    `SELECT (data->>'copies')::int AS copies FROM notifications.feed WHERE data ? 'copies' ORDER BY 1 DESC`,
  );
  // More than one record has.
  expect(totals[0]!.copies).toBeGreaterThan(3);

  const below = sequenceOf(5);
  for (const reload of [false, true]) {
    const cut = await notices();
    const sizes = Array.from({ length: 300 }, () => 1 + below(reload ? 4 : 30));
    const order = reload ? parts.toReversed() : [2, 4, 1, 3, 0].map((i) => parts[i]!);
    for (const records of order) await project(cut.pool, feedProjection(config), records, sizes, reload);
    expect(await dump(cut.pool)).toEqual(expected);
  }
});

test('writers of several partitions at once keep exactly the newest', async () => {
  const { pool } = await notices();
  const config = quick({ FEED_ROWS_MAX: '25' });
  const [receipt] = controls.ProfitShareSettled.receipts;
  const settled = (at: number): AnyRecord => ({
    ...controls.ProfitShareSettled,
    receipts: [{ ...receipt!, accountId: `f${at}`, providerId: 'p1', until: at, occurredAt: at }],
  });
  const partitions = Array.from({ length: 6 }, (_, partition) =>
    journal(
      'settlements.events',
      partition,
      Array.from({ length: 30 }, (__, i) => settled(1000 * i + partition)),
    ),
  );
  await Promise.all(partitions.map((records) => project(pool, feedProjection(config), records, Array(30).fill(1))));
  const { rows } = await pool.query<{ occurred_at: string }>(
    `SELECT occurred_at FROM notifications.feed WHERE recipient = 'provider/p1' ORDER BY occurred_at`,
  );
  const all = partitions.flatMap((_, partition) => Array.from({ length: 30 }, (__, i) => 1000 * i + partition));
  expect(rows.map((row) => Number(row.occurred_at))).toEqual(all.sort((a, b) => a - b).slice(-25));
});

test('a feed made again from the journals is the same, still read where it was, and no webhook is told twice', async () => {
  const { pool } = await notices();
  const config = quick();
  await createWebhook(pool, { recipient: 'account/f2', url: 'https://example.com', types: null }, 10);
  const parts = partsOf(randomHistory(3));
  for (const records of parts) await tell(pool, config, records);
  const before = await dump(pool);
  const deliveries = async () =>
    (await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM notifications.deliveries')).rows[0]?.n ?? 0;
  const queued = await deliveries();
  expect(queued).toBeGreaterThan(10);
  const { items } = await readFeed(pool, 'account/f2', { limit: 1, unread: false, below: null });
  await markRead(pool, 'account/f2', { upTo: items[0]!.id });

  // The log of deliveries was shortened meanwhile.
  await pool.query('DELETE FROM notifications.deliveries');
  await pool.query('TRUNCATE notifications.feed, notifications.recipients, notifications.carried');
  for (const records of parts) await tell(pool, config, records);
  expect(await dump(pool)).toEqual(before);
  expect(await deliveries()).toBe(0);
  expect(await countUnread(pool, 'account/f2')).toBe(0);
});

test('a transaction that fails leaves no row, no delivery and no memory behind', async () => {
  const { pool } = await notices();
  await createWebhook(pool, { recipient: 'account/f2', url: 'https://example.com', types: null }, 10);
  const projection = feedProjection(quick());
  const [, accounts] = partsOf(randomHistory(9));
  const half = accounts!.slice(0, 200);
  const failing = {
    ...projection,
    finish: async (...given: Parameters<NonNullable<typeof projection.finish>>) => {
      await projection.finish?.(...given);
      throw new Error('the server went away');
    },
  };
  await expect(project(pool, failing, half)).rejects.toThrow('went away');
  expect(Object.values(await dump(pool)).flat()).toEqual([]);
  await project(pool, projection, accounts!);
  const other = await notices();
  await tell(other.pool, quick(), accounts!);
  const [found, expected] = [await dump(pool), await dump(other.pool)];
  expect(found).toEqual(expected);
});

test('a webhook gets the types it asked for, from its creation on, once', async () => {
  const { pool } = await notices();
  const config = quick();
  const stop = (at: number): AnyRecord[] => [
    { ...controls.CopyStopping, accountId: 'f1', copyId: 'f1~p1~1', reason: 'max_loss_reached', occurredAt: at },
    { ...controls.CopyStopped, accountId: 'f1', copyId: 'f1~p1~1', occurredAt: at },
  ];
  const records = journal('accounts.events', 0, [...stop(1), ...stop(2)]);
  const projection = feedProjection(config);
  await project(pool, projection, records.slice(0, 2));
  const all = await createWebhook(pool, { recipient: 'account/f1', url: 'https://a.example', types: null }, 10);
  const some = await createWebhook(
    pool,
    { recipient: 'account/f1', url: 'https://b.example', types: ['copy_stopped'] },
    10,
  );
  await createWebhook(pool, { recipient: 'account/f2', url: 'https://c.example', types: null }, 10);
  await project(pool, projection, records.slice(2));
  const { rows } = await pool.query<{ webhook_id: string; type: string; message_id: string; payload: string }>(
    'SELECT webhook_id, type, message_id, payload FROM notifications.deliveries ORDER BY number',
  );
  expect(rows.map(({ webhook_id, type }) => [webhook_id, type])).toEqual([
    [all!.id, 'max_loss_reached'],
    ...[all!.id, some!.id].sort().map((id) => [id, 'copy_stopped']),
  ]);
  const { items } = await readFeed(pool, 'account/f1', { limit: 1, unread: false, below: null });
  expect(JSON.parse(rows[1]!.payload)).toMatchObject({
    type: 'copy_stopped',
    timestamp: '1970-01-01T00:00:00.002Z',
    data: { id: items[0]!.id, recipient: 'account/f1', reason: 'max_loss_reached', title: items[0]!.title },
  });
  expect(rows[1]!.message_id).toBe(items[0]!.id);
});
