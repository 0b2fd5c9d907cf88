import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { stopStack } from '@slipstream/testing';
import type { AddressInfo } from 'node:net';
import { ChangeWebhooks } from '../src/change-webhooks.js';
import { DeliveryLoop } from '../src/deliver.js';
import type { Delivery } from '../src/deliveries.js';
import type { FeedPage } from '../src/read-feed.js';
import { ShowFeed } from '../src/show-feed.js';
import { notifierConfig, notifierPool } from '../src/tokens.js';
import type { Webhook } from '../src/webhooks.js';
import { controls } from './examples.js';
import { isSignedBy, Receiver } from './receiver.js';
import { journal, openNotices, quick, tell, until, type Notices } from './world.js';

jest.setTimeout(60_000);

let notices: Notices;
let receiver: Receiver;
let app: NestFastifyApplication;
let loop: DeliveryLoop;
let base: string;
const config = quick({ WEBHOOKS_MAX: '2' });

beforeAll(async () => {
  [notices, receiver] = [await openNotices(), await Receiver.open()];
  const silent = () => undefined;
  loop = new DeliveryLoop(notices.pool, config, { debug: silent, info: silent, warn: silent, error: silent });
  loop.start();
  const stops = Array.from({ length: 5 }, (_, i) => ({
    ...controls.CopyStopped,
    accountId: 'f/1',
    copyId: 'f1~p1~1',
    providerId: 'p1',
    occurredAt: Date.UTC(2026, 0, 5, i),
    returned: `10${i}.50`,
  }));
  await tell(notices.pool, config, journal('accounts.events', 3, stops));

  // The service's own controllers, pool and loop; the stream is not what is asked here.
  @Module({
    controllers: [ShowFeed, ChangeWebhooks],
    providers: [
      { provide: notifierPool, useValue: notices.pool },
      { provide: notifierConfig, useValue: config },
      { provide: DeliveryLoop, useValue: loop },
    ],
  })
  class Notifier {}
  app = await NestFactory.create<NestFastifyApplication>(Notifier, new FastifyAdapter(), { logger: false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await loop.stop();
  await Promise.all([notices.close(), receiver.close()]);
  await stopStack();
});

async function ask<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(base + path, { method, ...json });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
}
const get = <T>(path: string) => ask<T>('GET', path);
const post = <T>(path: string, body?: object) => ask<T>('POST', path, body);

// An account whose id has a slash in it is escaped.
const feed = '/feeds/account/f%2F1';

describe('a feed', () => {
  test('is read page by page, newest first', async () => {
    const first = await get<FeedPage>(`${feed}?limit=2`);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      recipient: 'account/f/1',
      unread: 5,
      items: [
        {
          type: 'copy_stopped',
          occurredAt: '2026-01-05T04:00:00.000Z',
          title: 'Copying p1 has stopped',
          body: 'It is over. 104.5 USDT went back to your wallet.',
          data: { copyId: 'f1~p1~1', returned: '104.50', reason: null },
          source: { topic: 'accounts.events', partition: 3, offset: 4 },
          readAt: null,
        },
        { source: { offset: 3 } },
      ],
    });
    const second = await get<FeedPage>(`${feed}?limit=2&cursor=${first.body.next}`);
    const third = await get<FeedPage>(`${feed}?limit=2&cursor=${second.body.next}`);
    const offsets = [first, second, third].flatMap(({ body }) => body.items.map(({ source }) => source.offset));
    expect(offsets).toEqual([4, 3, 2, 1, 0]);
    expect(third.body.next).toBeNull();
  });

  test('is marked as read: some, then all up to one, once', async () => {
    const { body: all } = await get<FeedPage>(feed);
    const ids = all.items.map(({ id }) => id);
    expect(await post(`${feed}/read`, { ids: [ids[0]] })).toEqual({ status: 200, body: { unread: 4 } });
    expect(await post(`${feed}/read`, { ids: [ids[0]] })).toEqual({ status: 200, body: { unread: 4 } });
    expect(await post(`${feed}/read`, { upTo: ids[3] })).toEqual({ status: 200, body: { unread: 2 } });
    const { body: unread } = await get<FeedPage>(`${feed}?unread=true`);
    expect(unread.items.map(({ id }) => id)).toEqual([ids[1], ids[2]]);
    expect(await get(`${feed}/unread`)).toEqual({ status: 200, body: { unread: 2 } });
    const { body: after } = await get<FeedPage>(feed);
    expect(after.items.map(({ readAt }) => readAt !== null)).toEqual([true, false, false, true, true]);
  });

  test("of somebody else isn't touched: an id it doesn't have marks nothing", async () => {
    const { body: all } = await get<FeedPage>(feed);
    const answer = await post(`/feeds/account/f2/read`, { ids: [all.items[1]!.id] });
    expect(answer).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('account/f2 has no') as string },
    });
    expect(await post(`${feed}/read`, { ids: [all.items[1]!.id, 'ntf_unknown'] })).toMatchObject({ status: 400 });
    expect(await get(`${feed}/unread`)).toMatchObject({ body: { unread: 2 } });
    expect(await get('/feeds/account/f2')).toEqual({
      status: 200,
      body: { recipient: 'account/f2', items: [], next: null, unread: 0 },
    });
  });

  test.each([
    ['GET', '/feeds/wallet/f1', 'is not account/<id> or provider/<id>'],
    ['GET', `${feed}?limit=0`, 'limit: must be from 1 to 200'],
    ['GET', `${feed}?limit=many`, 'limit: must be a whole number'],
    ['GET', `${feed}?cursor=x`, 'cursor: is not the `next` of a page'],
    ['GET', `${feed}?unread=1`, 'unread: must be true or false'],
    ['GET', `${feed}?sort=x`, 'sort'],
    ['POST', `${feed}/read`, 'give {"upTo": id}'],
  ])('%s %s: %s', async (method, path, sentence) => {
    const answer = await ask<{ message: string }>(method, path, method === 'POST' ? { all: true } : undefined);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(sentence);
  });
});

describe('a webhook', () => {
  type Created = Webhook & { secret: string };
  const recipient = 'provider/p1';

  test('is created, tested, rotated, retried and removed; its secret is shown once', async () => {
    const { status, body: created } = await post<Created>('/webhooks', { recipient, url: receiver.url('/hook') });
    expect(status).toBe(201);
    expect(created).toMatchObject({ recipient, types: null, secrets: 1, disabledAt: null });
    expect(created.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const path = `/webhooks/${created.id}`;

    const tested = await post<{ deliveryId: string }>(`${path}/test`);
    expect(tested.status).toBe(202);
    await until(() => receiver.at('/hook').length === 1);
    expect(isSignedBy(created.secret, receiver.at('/hook')[0]!)).toBe(true);

    const rotated = await post<{ secret: string; oldUntil: string }>(`${path}/rotate`);
    expect(rotated.status).toBe(200);
    expect(Date.parse(rotated.body.oldUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect((await post(`/deliveries/${tested.body.deliveryId}/retry`)).status).toBe(202);
    await until(() => receiver.at('/hook').length === 2);
    const [first, second] = receiver.at('/hook');
    expect(second!.id).toBe(first!.id);
    for (const secret of [created.secret, rotated.body.secret]) expect(isSignedBy(secret, second!)).toBe(true);

    await until(async () => (await get<{ deliveries: Delivery[] }>(path)).body.deliveries[0]!.attempts.length === 2);
    const shown = await get<Webhook & { deliveries: Delivery[] }>(`${path}?limit=1`);
    expect(shown.body).toMatchObject({
      id: created.id,
      secrets: 2,
      deliveries: [{ type: 'test', status: 'delivered' }],
    });
    const older = await get<{ deliveries: Delivery[] }>(`${path}?before=${shown.body.deliveries[0]!.number}`);
    expect(older.body.deliveries).toEqual([]);
    const list = await get<{ items: Webhook[] }>(`/webhooks?recipient=${recipient}`);
    expect(list.body.items.map(({ id }) => id)).toEqual([created.id]);
    expect(JSON.stringify([shown.body, list.body])).not.toContain('whsec_');

    expect((await ask('DELETE', path)).status).toBe(204);
    for (const [method, gone] of [
      ['GET', path],
      ['DELETE', path],
      ['POST', `${path}/rotate`],
      ['POST', `${path}/test`],
    ])
      expect((await ask(method!, gone!)).status).toBe(404);
  });

  test('one too many is refused; one that is off is tested after it is enabled', async () => {
    const wanted = { recipient: 'account/f3', url: receiver.url('/two'), types: ['settlement', 'settlement'] };
    const { body: first } = await post<Created>('/webhooks', wanted);
    expect(first.types).toEqual(['settlement']);
    const answers = await Promise.all([1, 2, 3].map(() => post('/webhooks', wanted)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    await notices.pool.query(
      "UPDATE notifications.webhooks SET disabled_at = now(), disabled_reason = 'gone' WHERE id = $1",
      [first.id],
    );
    expect((await post(`/webhooks/${first.id}/test`)).status).toBe(409);
    expect(await post(`/webhooks/${first.id}/enable`)).toMatchObject({ status: 200, body: { disabledAt: null } });
    expect((await post(`/webhooks/${first.id}/test`)).status).toBe(202);
  });

  test.each([
    [{ recipient, url: 'http://example.com/' }, 'url: the URL must begin with https://'],
    [{ recipient, url: 'https://10.0.0.1/' }, 'url: 10.0.0.1 is not a public address'],
    [{ recipient, url: 'https://127.0.0.1/', types: ['bonus'] }, 'types.0: use copy_started'],
    [{ recipient: 'p1', url: 'https://127.0.0.1/' }, 'recipient: "p1" is not account/<id> or provider/<id>'],
    [{ url: 'https://127.0.0.1/' }, 'recipient must be account/<id>'],
    [{ recipient, url: 'https://127.0.0.1/', secret: 'mine' }, 'secret'],
  ])('%j is refused: %s', async (body, sentence) => {
    const answer = await post<{ message: string }>('/webhooks', body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(sentence);
  });

  test('a delivery that there is not, an overlap that is too long', async () => {
    expect((await post('/deliveries/dlv_unknown/retry')).status).toBe(404);
    expect(await post('/webhooks/wh_unknown/rotate', { overlapMs: 1e12 })).toMatchObject({ status: 400 });
  });
});
