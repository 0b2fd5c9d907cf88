import { jest } from '@jest/globals';
import type { AnyRecord, SettlementReceipt } from '@slipstream/contracts';
import { inTransaction, type JournalRecord } from '@slipstream/streams';
import { stopStack } from '@slipstream/testing';
import { claimDue } from '../src/claim.js';
import type { Recipient } from '../src/notification.js';
import { feedProjection } from '../src/project.js';
import { countUnread, markRead, readFeed, type FeedItem } from '../src/read-feed.js';
import { recordAttempt } from '../src/record-attempt.js';
import { retryDelivery } from '../src/deliveries.js';
import { createWebhook, enableWebhook } from '../src/webhooks.js';
import { disableWebhook } from '../src/disable-webhook.js';
import { controls } from './examples.js';
import { journal, openNotices, project, quick, tell, type Notices } from './world.js';

jest.setTimeout(60_000);

let notices: Notices;
beforeEach(async () => void (notices = await openNotices()));
afterEach(() => notices.close());
afterAll(stopStack);

const provider = 'provider/p1';
const monday = Date.UTC(2026, 0, 5);
const now = quick({ SETTLEMENT_WEBHOOK_DELAY_SECONDS: '0' });

/** A record of one receipt for the provider: one part of a total. */
function part(accountId: string, until = monday, of: Partial<SettlementReceipt> = {}): AnyRecord {
  const [receipt] = controls.ProfitShareSettled.receipts;
  const amounts = { providerGross: '1.1', platformFee: '0.02', providerNet: '1.08', dueAfter: '0' };
  const ids = { accountId, providerId: 'p1', cause: 'period' as const, until, occurredAt: until };
  return { ...controls.ProfitShareSettled, receipts: [{ ...receipt!, ...amounts, ...ids, ...of }] };
}

const settlements = (partition: number, events: readonly AnyRecord[], from = 0): JournalRecord[] =>
  journal('settlements.events', partition, events, from);

async function feed(recipient: Recipient = provider): Promise<readonly FeedItem[]> {
  return (await readFeed(notices.pool, recipient, { limit: 200, unread: false, below: null })).items;
}

interface Row {
  readonly id: string;
  readonly message_id: string;
  readonly payload: string;
  readonly status: string;
}
const deliveries = async (): Promise<readonly Row[]> =>
  (await notices.pool.query<Row>('SELECT * FROM notifications.deliveries ORDER BY number')).rows;
/** What each delivery says. */
async function said(): Promise<unknown[]> {
  return (await deliveries()).map(({ payload }) => {
    const { data } = JSON.parse(payload) as { data: { revision: number; copies: number; earned: string } };
    return [data.revision, data.copies, data.earned];
  });
}

const webhook = async (): Promise<string> =>
  (await createWebhook(notices.pool, { recipient: provider, url: 'https://example.com', types: null }, 10))!.id;
const claim = () => claimDue(notices.pool, now.webhooks, 10, []);
const policy = { ...now.webhooks, rowsMax: 1000 };
const answered = { attemptedAt: new Date(), durationMs: 1, status: 204, error: null, response: '' };

test('a provider is told once per cause and moment, of all partitions; what was read stays read as it grows', async () => {
  await tell(notices.pool, now, settlements(7, [part('f1'), part('f2')]));
  const [first] = await feed();
  await markRead(notices.pool, provider, { ids: [first!.id] });
  await tell(notices.pool, now, settlements(3, [part('f3'), part('f4', monday, { cause: 'stop' }), part('f5', 1)]));
  const items = await feed();
  expect(items.map(({ title, body }) => `${title} | ${body}`)).toEqual([
    '1.08 USDT profit share earned | 1 copy settled at its stop, 2026-01-05 00:00 UTC: 1.1 USDT less a platform fee of 0.02 USDT.',
    '3.24 USDT profit share earned | 3 copies settled as of 2026-01-05 00:00 UTC: 3.3 USDT less a platform fee of 0.06 USDT.',
    '1.08 USDT profit share earned | 1 copy settled as of 1970-01-01 00:00 UTC: 1.1 USDT less a platform fee of 0.02 USDT.',
  ]);
  expect(items[1]).toMatchObject({ id: first!.id, source: { partition: 3, offset: 0 } });
  expect(items[1]!.readAt).not.toBeNull();
  expect(await countUnread(notices.pool, provider)).toBe(2);
});

test('writers of many partitions at once, in other orders each: nothing is lost, nothing counts twice', async () => {
  const moments = [0, 1, 2, 3].map((week) => monday + week * 604_800_000);
  const partitions = Array.from({ length: 6 }, (_, partition) => {
    const order = partition % 2 === 0 ? moments : moments.toReversed();
    const events = order.flatMap((until) => [1, 2, 3].map((n) => part(`f${partition}-${n}`, until)));
    return settlements(partition, events);
  });
  const sizes = Array(20).fill(2) as number[];
  await Promise.all(partitions.map((records) => project(notices.pool, feedProjection(now), records, sizes)));
  const items = await feed();
  expect(items.map(({ data }) => data)).toEqual(
    moments.toReversed().map((until): unknown => expect.objectContaining({ until, copies: 18, gross: '19.8' })),
  );
  const { rows } = await notices.pool.query('SELECT kept FROM notifications.recipients WHERE recipient = $1', [
    provider,
  ]);
  expect(rows).toEqual([{ kept: 4 }]);
});

test('two totals in two transactions that take them crosswise: neither waits for the other for ever', async () => {
  const to = (providerId: string, accountId: string) => part(accountId, monday, { providerId });
  const rounds = Array.from({ length: 40 }, (_, i) => i);
  const one = rounds.flatMap((i) => [to('p1', `a${i}`), to('p2', `b${i}`)]);
  const other = rounds.flatMap((i) => [to('p2', `c${i}`), to('p1', `d${i}`)]);
  const sizes = Array(40).fill(2) as number[];
  const both = [settlements(0, one), settlements(1, other)];
  await Promise.all(both.map((records) => project(notices.pool, feedProjection(now), records, sizes)));
  for (const recipient of [provider, 'provider/p2'] as const)
    expect(await feed(recipient)).toMatchObject([{ data: { copies: 80 } }]);
});

describe('a part of a total that is gone', () => {
  test('brings nothing back: neither the row, nor some of its sum, nor a delivery', async () => {
    const few = quick({ FEED_ROWS_MAX: '2', SETTLEMENT_WEBHOOK_DELAY_SECONDS: '0' });
    await webhook();
    await tell(notices.pool, few, settlements(0, [part('f1', 1), part('f1', 2), part('f1', 3)]));
    const [before, queued] = [await feed(), (await deliveries()).length];
    await tell(notices.pool, few, settlements(1, [part('f2', 1), part('f3', 1)]));
    expect(await feed()).toEqual(before);
    expect(await deliveries()).toHaveLength(queued);
    // Nor where more is kept from now on.
    await tell(notices.pool, now, settlements(2, [part('f4', 1), part('f4', 4)]));
    expect((await feed()).map(({ data }) => data)).toMatchObject([
      { until: 4, copies: 1 },
      { until: 3, copies: 1 },
      { until: 2, copies: 1 },
    ]);
  });

  test('in whatever order partitions come, also at one moment: the same are kept, whole', async () => {
    const few = quick({ FEED_ROWS_MAX: '3' });
    const causes = ['period', 'stop', 'retirement'] as const;
    const parts = [0, 1, 2, 3].map((partition) =>
      settlements(
        partition,
        [1, 2].flatMap((until) => causes.map((cause) => part(`f${partition}`, until, { cause }))),
      ),
    );
    const dump = async () => {
      const { rows } = await notices.pool.query<{ row: string }>(
        'SELECT f::text AS row FROM notifications.feed f UNION ALL SELECT r::text FROM notifications.recipients r ORDER BY 1',
      );
      await notices.pool.query('TRUNCATE notifications.feed, notifications.recipients');
      return rows.map(({ row }) => row);
    };
    const found = [];
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
    ]) {
      for (const i of order) await project(notices.pool, feedProjection(few), parts[i]!, [2, 1, 2]);
      expect((await feed()).map(({ data }) => data)).toMatchObject(causes.map(() => ({ until: 2, copies: 4 })));
      found.push(await dump());
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });
});

describe('the webhook of a provider', () => {
  test('waits a while, and is then told once of all that has come', async () => {
    await webhook();
    const config = quick({ SETTLEMENT_WEBHOOK_DELAY_SECONDS: '3600' });
    await tell(notices.pool, config, settlements(0, [part('f1')]));
    const [first] = await deliveries();
    await tell(notices.pool, config, settlements(1, [part('f2'), part('f3')]));
    await tell(notices.pool, config, settlements(2, [part('f4')]));
    expect(await said()).toEqual([[4, 4, '4.32']]);
    const [last] = await deliveries();
    expect(last!.id).toBe(first!.id);
    expect(last!.message_id).not.toBe(first!.message_id);
    expect(await claim()).toEqual([]);
    await notices.pool.query(
      `UPDATE notifications.deliveries SET next_attempt_at = next_attempt_at - interval '1 hour'`,
    );
    expect(await claim()).toMatchObject([{ message: { id: last!.message_id, payload: last!.payload } }]);
  });

  test('gets what comes after the first attempt under an id of its own; sent bytes never change', async () => {
    await webhook();
    await tell(notices.pool, now, settlements(0, [part('f1')]));
    const [claimed] = await claim();
    await tell(notices.pool, now, settlements(1, [part('f2')]));
    await tell(notices.pool, now, settlements(2, [part('f3')]));
    expect(await said()).toEqual([
      [1, 1, '1.08'],
      [3, 3, '3.24'],
    ]);
    const [first, second] = await deliveries();
    expect([first!.message_id, first!.payload]).toEqual([claimed!.message.id, claimed!.message.payload]);
    expect(second!.message_id).not.toBe(first!.message_id);
    const failed = { ...answered, status: 500, error: 'answered 500' };
    expect(await recordAttempt(notices.pool, policy, claimed!, failed, 0)).toBe('again');
    // Neither a failure nor a retry by hand opens it again.
    await notices.pool.query(`UPDATE notifications.deliveries SET lease = NULL`);
    await retryDelivery(notices.pool, first!.id);
    await tell(notices.pool, now, settlements(3, [part('f4')]));
    expect(await said()).toEqual([
      [1, 1, '1.08'],
      [4, 4, '4.32'],
    ]);
    const [feedRow] = await feed();
    for (const { payload } of await deliveries())
      expect(JSON.parse(payload)).toMatchObject({ type: 'settlement', data: { id: feedRow!.id } });
  });

  test('being claimed at the same moment is waited for by nobody', async () => {
    await webhook();
    await tell(notices.pool, now, settlements(0, [part('f1')]));
    const client = await notices.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM notifications.deliveries FOR UPDATE');
    await tell(notices.pool, now, settlements(1, [part('f2')]));
    await client.query('COMMIT');
    client.release();
    expect(await said()).toEqual([
      [1, 1, '1.08'],
      [2, 2, '2.16'],
    ]);
  });

  test('loops that claim while parts come: the last word is the whole total, and no id has two bodies', async () => {
    await webhook();
    const bodies = new Map<string, string>();
    let open = true;
    const claiming = async (): Promise<void> => {
      while (open)
        for (const claimed of await claim()) {
          const { id, payload } = claimed.message;
          expect(bodies.get(id) ?? payload).toBe(payload);
          bodies.set(id, payload);
          await recordAttempt(notices.pool, policy, claimed, answered, 0);
        }
    };
    const claimers = [claiming(), claiming()];
    const partitions = [0, 1, 2].map((partition) =>
      settlements(
        partition,
        Array.from({ length: 30 }, (_, i) => part(`f${partition}-${i}`)),
      ),
    );
    const singly = Array(30).fill(1) as number[];
    await Promise.all(partitions.map((records) => project(notices.pool, feedProjection(now), records, singly)));
    while ((await deliveries()).some(({ status }) => status === 'pending'))
      await new Promise((done) => setTimeout(done, 10));
    open = false;
    await Promise.all(claimers);
    const told = (await said()).map((one) => (one as [number])[0]);
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    expect((await said()).at(-1)).toEqual([90, 90, '97.2']);
  });

  test('of a feed that is made again is told nothing twice, and what is new in it in the end wholly', async () => {
    await webhook();
    const parts = [settlements(0, [part('f1')]), settlements(1, [part('f2')])];
    for (const records of parts) await tell(notices.pool, now, records);
    for (const claimed of await claim()) await recordAttempt(notices.pool, policy, claimed, answered, 0);
    expect(await said()).toEqual([[2, 2, '2.16']]);
    const again = async (...journals: JournalRecord[][]) => {
      await notices.pool.query('TRUNCATE notifications.feed, notifications.recipients, notifications.carried');
      for (const records of journals) await tell(notices.pool, now, records);
    };
    await again(...parts);
    expect(await said()).toEqual([[2, 2, '2.16']]);
    // The new part is there before an old one has come again.
    const newer = [...parts[0]!, ...settlements(0, [part('f3')], 1)];
    await again(newer, parts[1]!);
    expect(await said()).toEqual([
      [2, 2, '2.16'],
      [3, 3, '3.24'],
    ]);
    // Where the log was shortened nobody knows what was told: what isn't new isn't told.
    await notices.pool.query('DELETE FROM notifications.deliveries');
    await again(newer, parts[1]!);
    expect(await said()).toEqual([]);
  });

  test('may be removed while its total grows: whoever comes second waits, neither for ever', async () => {
    const id = await webhook();
    await tell(notices.pool, now, settlements(0, [part('f1')]));
    const client = await notices.pool.connect();
    await client.query('BEGIN');
    // As its removal does, which takes the deliveries only then.
    await client.query('SELECT 1 FROM notifications.webhooks WHERE id = $1 FOR UPDATE', [id]);
    const told = tell(notices.pool, now, settlements(1, [part('f2')]));
    await new Promise((done) => setTimeout(done, 300));
    await client.query('DELETE FROM notifications.webhooks WHERE id = $1', [id]);
    await client.query('COMMIT');
    client.release();
    await told;
    expect(await deliveries()).toEqual([]);
    expect(await feed()).toMatchObject([{ data: { copies: 2 } }]);
  });

  test('that is switched off gets nothing; once it is on again the next total is whole', async () => {
    const id = await webhook();
    await tell(notices.pool, now, settlements(0, [part('f1')]));
    await inTransaction(notices.pool, (client) => disableWebhook(client, id, 'failing', 1000));
    await tell(notices.pool, now, settlements(0, [part('f2')], 1));
    expect(await deliveries()).toMatchObject([{ status: 'cancelled' }]);
    await enableWebhook(notices.pool, id);
    await tell(notices.pool, now, settlements(0, [part('f3')], 2));
    expect(await said()).toEqual([
      [1, 1, '1.08'],
      [3, 3, '3.24'],
    ]);
  });
});
