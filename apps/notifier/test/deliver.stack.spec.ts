import { jest } from '@jest/globals';
import type { AnyRecord } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import type { NotifierConfig } from '../src/config.js';
import { DeliveryLoop } from '../src/deliver.js';
import { queueTest, readLog, retryDelivery, type Delivery } from '../src/deliveries.js';
import { keepBounds } from '../src/keep-bounds.js';
import { readFeed } from '../src/read-feed.js';
import { createWebhook, enableWebhook, findWebhook, removeWebhook, rotateSecret } from '../src/webhooks.js';
import { controls } from './examples.js';
import { isSignedBy, Receiver } from './receiver.js';
import { journal, openNotices, quick, tell, until, type Notices } from './world.js';

jest.setTimeout(60_000);

let notices: Notices;
let receiver: Receiver;
const loops: DeliveryLoop[] = [];
const warnings: string[] = [];
const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_: object, message: string) => void warnings.push(message),
  error: () => undefined,
};

beforeEach(async () => {
  [notices, receiver] = [await openNotices(), await Receiver.open()];
  warnings.length = 0;
});
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
  await Promise.all([notices.close(), receiver.close()]);
});
afterAll(stopStack);

function deliver(config: NotifierConfig = quick()): DeliveryLoop {
  const loop = new DeliveryLoop(notices.pool, config, logger);
  loops.push(loop);
  loop.start();
  return loop;
}

const recipient = 'account/f1';
async function webhook(url: string): Promise<{ id: string; secret: string }> {
  const created = await createWebhook(notices.pool, { recipient, url, types: null }, 10);
  if (created === null) throw new Error('no room');
  return created;
}

let offset = 0;
/** One notification for the recipient, through the projection. @returns its id */
async function stopCopy(count = 1, config = quick()): Promise<string[]> {
  const events = Array.from({ length: count }, (_, i): AnyRecord => ({
    ...controls.CopyStopped,
    accountId: 'f1',
    copyId: 'f1~p1~1',
    occurredAt: offset + i + 1,
  }));
  await tell(notices.pool, config, journal('accounts.events', 0, events, offset));
  offset += count;
  const { items } = await readFeed(notices.pool, recipient, { limit: count, unread: false, below: null });
  return items.map(({ id }) => id).reverse();
}

const log = (id: string): Promise<Delivery[]> => readLog(notices.pool, id, { limit: 200, before: null });
const ended = (id: string, status: Delivery['status']) => async (): Promise<boolean> => {
  const deliveries = await log(id);
  return deliveries.length > 0 && deliveries.every((one) => one.status === status);
};

test('what is in the feed is delivered, signed, under the id it has there', async () => {
  const { id, secret } = await webhook(receiver.url('/ok'));
  deliver();
  const [notification] = await stopCopy();
  await until(ended(id, 'delivered'));
  const [received] = receiver.at('/ok');
  expect(receiver.received).toHaveLength(1);
  expect(received!.id).toBe(notification);
  expect(isSignedBy(secret, received!)).toBe(true);
  expect(isSignedBy('whsec_' + Buffer.alloc(32).toString('base64'), received!)).toBe(false);
  expect(isSignedBy(secret, { ...received!, payload: received!.payload.replace('f1', 'f2') })).toBe(false);
  expect(received!.headers['content-type']).toBe('application/json');
  expect(JSON.parse(received!.payload)).toMatchObject({ type: 'copy_stopped', data: { id: notification, recipient } });
  const [delivery] = await log(id);
  expect(delivery).toMatchObject({
    messageId: notification,
    type: 'copy_stopped',
    attempts: [{ status: 204, error: null }],
  });
});

test('a receiver that fails gets the same id and bytes again, each attempt later and logged', async () => {
  const { id, secret } = await webhook(receiver.url('/fails', (nth) => (nth <= 2 ? { text: 'x'.repeat(3000) } : 200)));
  deliver(quick({ WEBHOOK_RETRY_DELAYS_MS: '100,400,5000' }));
  await stopCopy();
  await until(ended(id, 'delivered'));
  const [first, second, third, ...more] = receiver.at('/fails');
  expect(more).toEqual([]);
  expect(new Set([first, second, third].map((one) => `${one!.id} ${one!.payload}`)).size).toBe(1);
  expect([first, second, third].every((one) => isSignedBy(secret, one!))).toBe(true);
  expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(95);
  expect(third!.atMs - second!.atMs).toBeGreaterThanOrEqual(395);
  const [delivery] = await log(id);
  expect(delivery!.attempts.map(({ status, error, response }) => [status, error, response])).toEqual([
    [200, null, ''],
    [500, 'answered 500', 'x'.repeat(1024)],
    [500, 'answered 500', 'x'.repeat(1024)],
  ]);
  expect((await findWebhook(notices.pool, id))!.failingSince).toBeNull();
});

test('one that never succeeds is given up after the schedule, and can be retried by hand', async () => {
  let mended = false;
  const { id } = await webhook(receiver.url('/down', () => (mended ? 200 : 503)));
  deliver();
  await stopCopy();
  await until(ended(id, 'failed'));
  expect(receiver.at('/down')).toHaveLength(5);
  const [delivery] = await log(id);
  expect(delivery!.nextAttemptAt).toBeNull();
  expect((await findWebhook(notices.pool, id))!.failingSince).not.toBeNull();
  mended = true;
  expect(await retryDelivery(notices.pool, delivery!.id)).toBe('queued');
  await until(ended(id, 'delivered'));
  expect(new Set(receiver.at('/down').map((one) => one.id)).size).toBe(1);
  expect((await log(id))[0]!.attempts).toHaveLength(6);
});

test('one that hangs is cut off and holds nobody up', async () => {
  const slow = await webhook(receiver.url('/hangs', (nth) => (nth <= 8 ? 'hang' : 200)));
  const fast = await webhook(receiver.url('/fast'));
  deliver(quick({ WEBHOOK_TIMEOUT_MS: '400', WEBHOOK_CONCURRENCY: '6' }));
  await stopCopy(8);
  await until(ended(fast.id, 'delivered'), 3000);
  expect((await log(slow.id)).some((one) => one.status === 'delivered')).toBe(false);
  await until(ended(slow.id, 'delivered'));
  const errors = (await log(slow.id)).flatMap((one) => one.attempts.map(({ error }) => error));
  expect(errors.filter((error) => error === 'no answer within 400 ms')).toHaveLength(8);
});

test('a redirect is not followed, nobody listening is an error; both are tried again', async () => {
  const away = await webhook(receiver.url('/moved', () => ({ redirectTo: receiver.url('/inside') })));
  const closed = await Receiver.open();
  const nobody = await webhook(closed.url('/'));
  await closed.close();
  deliver();
  await stopCopy();
  await until(ended(away.id, 'failed'));
  await until(ended(nobody.id, 'failed'));
  expect(receiver.at('/inside')).toEqual([]);
  expect((await log(away.id))[0]!.attempts[0]!.error).toBe('answered 302: redirects are not followed, change the URL');
  const [unheard] = (await log(nobody.id))[0]!.attempts;
  expect([unheard!.status, unheard!.error]).toEqual([null, `connect ECONNREFUSED 127.0.0.1:${closed.port}`]);
});

test('an address inside is not connected to, whoever got it into the table', async () => {
  const { id } = await webhook(receiver.url('/secret').replace('127.0.0.1', 'localhost').replace('http:', 'https:'));
  deliver(quick({ WEBHOOKS_TO_LOOPBACK: 'false', WEBHOOK_RETRY_DELAYS_MS: '30' }));
  await stopCopy();
  await until(ended(id, 'failed'));
  expect((await log(id))[0]!.attempts[0]!.error).toContain('which is not public');
  expect(receiver.received).toEqual([]);
});

test('410 switches it off at once; its owner reads so, another webhook says so, and it can be enabled again', async () => {
  const gone = await webhook(receiver.url('/gone', (nth) => (nth === 1 ? 410 : 200)));
  const other = await webhook(receiver.url('/other'));
  const loop = deliver();
  await stopCopy();
  await until(async () => (await findWebhook(notices.pool, gone.id))!.disabledReason === 'gone');
  await until(async () => receiver.at('/other').length === 2);
  const { items } = await readFeed(notices.pool, recipient, { limit: 5, unread: false, below: null });
  expect(items[0]).toMatchObject({ type: 'webhook_disabled', data: { webhookId: gone.id, reason: 'gone' } });
  expect(
    receiver
      .at('/other')
      .map((one) => (JSON.parse(one.payload) as { type: string }).type)
      .sort(),
  ).toEqual(['copy_stopped', 'webhook_disabled']);
  await stopCopy();
  await until(ended(other.id, 'delivered'));
  const [cancelled] = await log(gone.id);
  expect(await log(gone.id)).toMatchObject([{ status: 'cancelled', attempts: [{ status: 410 }] }]);
  expect(await retryDelivery(notices.pool, cancelled!.id)).toBe('disabled');
  await enableWebhook(notices.pool, gone.id);
  expect(await retryDelivery(notices.pool, cancelled!.id)).toBe('queued');
  loop.ring();
  await until(ended(gone.id, 'delivered'));
});

test('one that has failed for too long is switched off; a success in between clears it', async () => {
  const config = quick({ WEBHOOK_DISABLE_AFTER_MS: '400', WEBHOOK_RETRY_DELAYS_MS: Array(20).fill('60').join(',') });
  const { id } = await webhook(receiver.url('/failing', (nth) => (nth === 3 ? 200 : 500)));
  deliver(config);
  await stopCopy();
  await until(ended(id, 'delivered'));
  await stopCopy();
  await until(async () => (await findWebhook(notices.pool, id))!.disabledReason === 'failing');
  const [second] = await log(id);
  expect(second).toMatchObject({ status: 'cancelled' });
  expect(second!.attempts.length).toBeGreaterThan(3);
  const { items } = await readFeed(notices.pool, recipient, { limit: 1, unread: false, below: null });
  expect(items[0]!.body).toContain('have failed for too long');
});

test('a rotated secret signs beside the new one for its time, then the new one alone', async () => {
  const { id, secret: old } = await webhook(receiver.url('/rotated'));
  deliver();
  const rotated = await rotateSecret(notices.pool, id, 700);
  if (typeof rotated === 'string') throw new Error(rotated);
  await stopCopy();
  await until(async () => receiver.received.length === 1);
  const [both] = receiver.received;
  expect(both!.headers['webhook-signature']!.split(' ')).toHaveLength(2);
  expect([old, rotated.secret].map((secret) => isSignedBy(secret, both!))).toEqual([true, true]);
  await until(() => Date.now() > Date.parse(rotated.oldUntil));
  await stopCopy();
  await until(async () => receiver.received.length === 2);
  expect([old, rotated.secret].map((secret) => isSignedBy(secret, receiver.received[1]!))).toEqual([false, true]);

  // At once, when the old one is known to somebody.
  const third = await rotateSecret(notices.pool, id, 0);
  await stopCopy();
  await until(async () => receiver.received.length === 3);
  const secrets = [rotated.secret, (third as { secret: string }).secret];
  expect(secrets.map((secret) => isSignedBy(secret, receiver.received[2]!))).toEqual([false, true]);
});

test('there is an end to secrets that are valid at once, and nothing changes when it is reached', async () => {
  const { id, secret } = await webhook(receiver.url('/many'));
  for (let i = 0; i < 4; i++) expect(typeof (await rotateSecret(notices.pool, id, 60_000))).toBe('object');
  expect(await rotateSecret(notices.pool, id, 60_000)).toBe('too_many');
  expect((await findWebhook(notices.pool, id))!.secrets).toBe(5);
  deliver();
  await queueTest(notices.pool, id);
  await until(async () => receiver.received.length === 1);
  expect(isSignedBy(secret, receiver.received[0]!)).toBe(true);
  expect(await rotateSecret(notices.pool, 'wh_unknown', 0)).toBe('unknown');
});

test('several loops share the work: each delivery goes out once', async () => {
  const ids = await Promise.all(['/a', '/b', '/c'].map(async (path) => (await webhook(receiver.url(path))).id));
  const notifications = await stopCopy(100);
  for (let i = 0; i < 3; i++) deliver(quick({ WEBHOOK_CONCURRENCY: '5' }));
  for (const id of ids) await until(ended(id, 'delivered'));
  expect(receiver.received).toHaveLength(300);
  for (const path of ['/a', '/b', '/c'])
    expect(
      receiver
        .at(path)
        .map((one) => one.id)
        .sort(),
    ).toEqual([...notifications].sort());
  expect(warnings).toEqual([]);
});

test('a stop gives back what is under way: the next process sends it, as the same attempt', async () => {
  const { id } = await webhook(receiver.url('/stopped', (nth) => (nth === 1 ? 'hang' : 200)));
  const config = quick({ WEBHOOK_TIMEOUT_MS: '30000', WEBHOOK_LEASE_MS: '60000' });
  const loop = deliver(config);
  await stopCopy();
  await until(async () => receiver.received.length === 1);
  await loop.stop();
  deliver(config);
  await until(ended(id, 'delivered'));
  expect(receiver.at('/stopped').map((one) => one.id)).toHaveLength(2);
  const { rows } = await notices.pool.query<{ attempts: number }>('SELECT attempts FROM notifications.deliveries');
  expect(rows).toEqual([{ attempts: 1 }]);
});

test('the outbox has bounds: a log, and an end to what may wait', async () => {
  const { id } = await webhook(receiver.url('/bounded'));
  const policy = { ...quick({ WEBHOOK_LOG_MAX: '10', WEBHOOK_BACKLOG_MAX: '20' }).webhooks, rowsMax: 1000 };
  await stopCopy(15);
  const loop = deliver();
  await until(ended(id, 'delivered'));
  await loop.stop();
  await keepBounds(notices.pool, policy);
  expect(await log(id)).toHaveLength(10);
  await stopCopy(20);
  await keepBounds(notices.pool, policy);
  expect((await findWebhook(notices.pool, id))!.disabledReason).toBeNull();
  await stopCopy(1);
  await keepBounds(notices.pool, policy);
  expect((await findWebhook(notices.pool, id))!.disabledReason).toBe('backlog');
  await keepBounds(notices.pool, policy);
  expect((await log(id)).map(({ status }) => status)).toEqual(Array(10).fill('cancelled'));
});

test('a removed webhook is removed under its deliveries', async () => {
  const { id } = await webhook(receiver.url('/removed', () => 'hang'));
  deliver();
  await stopCopy(3);
  await until(async () => receiver.received.length > 0);
  expect(await removeWebhook(notices.pool, id)).toBe(true);
  await stopCopy();
  expect(await log(id)).toEqual([]);
  await until(async () => (await notices.pool.query('SELECT 1 FROM notifications.attempts')).rowCount === 0);
});
