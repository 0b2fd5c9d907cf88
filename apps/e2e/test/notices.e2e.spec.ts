import { partitionCount, partitionOf } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import pg from 'pg';
import { rebuildFeeds } from '../../../tools/rebuild/feeds.ts';
import { isSignedBy, Receiver } from '../../notifier/test/receiver.js';
import { NoticesWorld, type Shown } from './notices-world.js';

const seconds = 1000;
const minuteMs = 60 * seconds;
/** A moment of 2026, UTC. */
const on = (month: number, day: number, hour = 0, minute = 0): number => Date.UTC(2026, month - 1, day, hour, minute);

/** anna takes a tenth of the profit each week, ben 20 USDT a month. */
const [anna, ben] = ['anna', 'ben'];
const followers = ['ada', 'bob', 'dot', 'eve', 'fin'];

/**
 * What is told of two months. Each follower begins with 1,000 USDT; BTC is bought at 100, ETH at 50, the venue takes
 * 0.05 % of what is traded, the platform 2 % of what a provider earns.
 */
async function twoMonths(world: NoticesWorld): Promise<void> {
  const start = on(1, 5, 10);
  await world.clock(start, { BTC: '100', ETH: '50', DOGE: '1' });
  await world.register(anna, start, { profitShareRatio: '0.1' });
  await world.register(ben, start, { feeModel: 'subscription', subscriptionPrice: '20', settlementPeriod: 'monthly' });
  await world.follow('ada', anna, start, '1000', { copyAmt: '500', maxOpenTrades: 1 });
  await world.follow('bob', anna, start, '1000', { copyAmt: '200', maxOpenTrades: 1 });
  await world.follow('dot', anna, start, '1000', { copyAmt: '800', maxOpenTrades: 1, slTotalAmt: '100' });
  await world.follow('eve', ben, start, '1100', { copyAmt: '500' });
  await world.follow('fin', ben, start, '1030', { copyAmt: '500' });
  await world.fill(anna, start + minuteMs, { instrument: 'BTC', side: 'buy', price: '100', quantity: '10' });
  await world.fill(ben, start + minuteMs, { instrument: 'ETH', side: 'buy', price: '50', quantity: '10' });

  // The first week brings 10 on each BTC: ada has 5, bob 2, dot 8.
  await world.clock(on(1, 11, 12), { BTC: '110' });
  await world.clock(on(1, 12));

  // New terms for the week after next; two orders that nobody has room for.
  await world.clock(on(1, 13, 9));
  await world.changeShare(anna, on(1, 13, 9), '0.08');
  await world.fill(anna, on(1, 13, 10), { instrument: 'DOGE', side: 'buy', price: '1', quantity: '1000' });
  await world.fill(anna, on(1, 13, 11), { instrument: 'DOGE', side: 'sell', price: '1', quantity: '1000' });
  await world.clock(on(1, 14));

  // The second week takes 5 of it again.
  await world.clock(on(1, 18, 12), { BTC: '105' });
  await world.clock(on(1, 19));

  // At 87 dot has lost 100 since its last charge; bob leaves at 90.
  await world.clock(on(1, 20, 10), { BTC: '87' });
  await world.clock(on(1, 21, 12), { BTC: '90' });
  await world.stop('bob', anna, on(1, 21, 12));

  // ada is above water again, under the new terms; then anna retires.
  await world.clock(on(1, 25, 12), { BTC: '120' });
  await world.clock(on(1, 26));
  await world.clock(on(1, 27, 10), { BTC: '121' });
  await world.retire(anna, on(1, 27, 10));

  // A second month of ben is due: eve has 80 left and pays, fin has 10.
  await world.clock(on(2, 1));
  await world.clock(on(2, 5, 9, 59));
  await world.clock(on(2, 5, 10), { ETH: '55' });
  await world.clock(on(2, 6, 12));
  await world.fill(ben, on(2, 6, 12), { instrument: 'ETH', side: 'sell', price: '55', quantity: '10' });
  await world.clock(on(2, 7));
}

const [week1, week2] = ['2026-01-12 00:00 UTC', '2026-01-19 00:00 UTC'];
const [begin, first, second] = [
  '2026-01-05 10:00 UTC',
  `From 2026-01-05 10:00 UTC to ${week1}`,
  `From ${week1} to ${week2}`,
];
const tenPercent = 'Fees: 10 % of new profit, settled weekly.';
const byMonth = 'Fees: a subscription of 20 USDT a month.';
const will =
  'terms_announced | The terms of anna will change | From 2026-01-19 00:00 UTC on: 8 % of new profit, settled weekly.';
const have = 'terms_changed | The terms of anna have changed | From now on: 8 % of new profit, settled weekly.';
const skips =
  'orders_skipped | 2 orders of anna not copied | From 2026-01-13 00:00 UTC to 2026-01-14 00:00 UTC your copy skipped 2 orders (max open trades: 1, nothing to close: 1).';
const started = (provider: string, fees: string) =>
  `copy_started | Copying ${provider} has started | Your copy trades along with ${provider} from now on, with 1000 USDT. ${fees}`;
const nothing = (below: string) =>
  `settlement | Settled with anna: nothing paid | ${second}: no new profit, the copy is ${below} USDT below its high watermark.`;

/** Feeds of all, oldest first: day, type, title, body. */
const feeds: Readonly<Record<string, readonly string[]>> = {
  // 5 BTC: 50 of profit less a fee of 0.25; −25; +75, 25 of them to make good; +5; sold with a fee of 0.3025.
  'account/ada': [
    `01-05T10:00 ${started('anna', tenPercent)}`,
    `01-12T00:00 settlement | 4.975 USDT profit share paid to anna | ${first}: 49.75 USDT new profit, share 10 %.`,
    `01-13T09:00 ${will}`,
    `01-14T00:00 ${skips}`,
    `01-19T00:00 ${nothing('25')}`,
    `01-19T00:00 ${have}`,
    `01-26T00:00 settlement | 4 USDT profit share paid to anna | From ${week2} to 2026-01-26 00:00 UTC: 50 USDT new profit, share 8 %.`,
    '01-27T10:00 provider_retired | anna has retired | Your copy opens nothing more and stops. Open positions are closed at market.',
    '01-27T10:00 settlement | 0.4 USDT profit share paid to anna | anna has retired: settled at 2026-01-27 10:00 UTC. ' +
      'From 2026-01-26 00:00 UTC to 2026-01-27 10:00 UTC: 5 USDT new profit, share 8 %. What is still open is settled when the copy has stopped.',
    '01-27T10:00 settlement | Settled with anna: nothing paid | Last settlement of this copy, at 2026-01-27 10:00 UTC. ' +
      'Since the settlement at 2026-01-27 10:00 UTC: no new profit, the copy is 0.3025 USDT below its high watermark.',
    '01-27T10:00 copy_stopped | Copying anna has stopped | The provider has retired. 1095.0725 USDT went back to your wallet.',
  ],
  // 2 BTC: 20 less 0.1; −10; −30, sold with a fee of 0.09.
  'account/bob': [
    `01-05T10:00 ${started('anna', tenPercent)}`,
    `01-12T00:00 settlement | 1.99 USDT profit share paid to anna | ${first}: 19.9 USDT new profit, share 10 %.`,
    `01-13T09:00 ${will}`,
    `01-14T00:00 ${skips}`,
    `01-19T00:00 ${nothing('10')}`,
    `01-19T00:00 ${have}`,
    '01-21T12:00 settlement | Settled with anna: nothing paid | Last settlement of this copy, at 2026-01-21 12:00 UTC. ' +
      `From ${week2} to 2026-01-21 12:00 UTC: no new profit, the copy is 40.09 USDT below its high watermark.`,
    '01-21T12:00 copy_stopped | Copying anna has stopped | As you asked. 977.82 USDT went back to your wallet.',
  ],
  // 8 BTC: 80 less 0.4; −40; −144, sold with a fee of 0.348.
  'account/dot': [
    `01-05T10:00 ${started('anna', tenPercent)}`,
    `01-12T00:00 settlement | 7.96 USDT profit share paid to anna | ${first}: 79.6 USDT new profit, share 10 %.`,
    `01-13T09:00 ${will}`,
    `01-14T00:00 ${skips}`,
    `01-19T00:00 ${nothing('40')}`,
    `01-19T00:00 ${have}`,
    '01-20T10:00 max_loss_reached | Your copy of anna reached its loss limit | It opens nothing more and stops. Open positions are closed at market.',
    '01-20T10:00 settlement | Settled with anna: nothing paid | Last settlement of this copy, at 2026-01-20 10:00 UTC. ' +
      `From ${week2} to 2026-01-20 10:00 UTC: no new profit, the copy is 184.348 USDT below its high watermark.`,
    '01-20T10:00 copy_stopped | Copying anna has stopped | It reached its loss limit. 887.292 USDT went back to your wallet.',
  ],
  'account/eve': [
    `01-05T10:00 ${started('ben', byMonth)}`,
    `01-05T10:00 subscription_paid | Subscription to ben paid | 20 USDT for ${begin} to 2026-02-05 10:00 UTC.`,
    '02-05T10:00 subscription_paid | Subscription to ben paid | 20 USDT for 2026-02-05 10:00 UTC to 2026-03-05 10:00 UTC.',
  ],
  // 10 ETH: fees of 0.25 and 0.275, 50 of profit.
  'account/fin': [
    `01-05T10:00 ${started('ben', byMonth)}`,
    `01-05T10:00 subscription_paid | Subscription to ben paid | 20 USDT for ${begin} to 2026-02-05 10:00 UTC.`,
    '02-05T10:00 subscription_unpaid | Subscription to ben not paid | 20 USDT for 2026-02-05 10:00 UTC to 2026-03-05 10:00 UTC was due and ' +
      '10 USDT was in your wallet; the copy closes with its provider.',
    '02-06T12:00 copy_stopped | Copying ben has stopped | The subscription was not paid. 1049.475 USDT went back to your wallet.',
  ],
  // 4.975 + 1.99 + 7.96; then 4; then 0.4, each less 2 %.
  'provider/anna': [
    '01-12T00:00 settlement | 14.6265 USDT profit share earned | 3 copies settled as of 2026-01-12 00:00 UTC: 14.925 USDT less a platform fee of 0.2985 USDT.',
    '01-13T09:00 terms_announced | Your terms will change | From 2026-01-19 00:00 UTC on: 8 % of new profit, settled weekly.',
    '01-19T00:00 settlement | 3 copies settled, nothing earned | As of 2026-01-19 00:00 UTC: no new profit.',
    '01-19T00:00 terms_changed | Your terms have changed | From now on: 8 % of new profit, settled weekly.',
    '01-20T10:00 settlement | 1 copy settled, nothing earned | At its stop, 2026-01-20 10:00 UTC: no new profit.',
    '01-21T12:00 settlement | 1 copy settled, nothing earned | At its stop, 2026-01-21 12:00 UTC: no new profit.',
    '01-26T00:00 settlement | 3.92 USDT profit share earned | 1 copy settled as of 2026-01-26 00:00 UTC: 4 USDT less a platform fee of 0.08 USDT.',
    '01-27T10:00 provider_retired | You no longer lead | Nobody new can copy you; all copies end as their settings say.',
    '01-27T10:00 settlement | 0.392 USDT profit share earned | 1 copy settled at your retirement, 2026-01-27 10:00 UTC: 0.4 USDT less a platform fee of 0.008 USDT.',
    '01-27T10:00 settlement | 1 copy settled, nothing earned | At its stop, 2026-01-27 10:00 UTC: no new profit.',
  ],
  'provider/ben': [
    '01-05T10:00 subscription_paid | 39.2 USDT earned from subscriptions | 2 copies paid 40 USDT for the month from 2026-01-05 10:00 UTC on, less a platform fee of 0.8 USDT.',
    '02-05T10:00 subscription_paid | 19.6 USDT earned from subscriptions | 1 copy paid 20 USDT for the month from 2026-02-05 10:00 UTC on, less a platform fee of 0.4 USDT.',
    '02-05T10:00 subscription_unpaid | 1 copy did not pay | 20 USDT for the month from 2026-02-05 10:00 UTC on stays unpaid; this copy stops.',
  ],
};

const line = ({ occurredAt, type, title, body }: Shown): string =>
  `${occurredAt.slice(5, 16)} ${type} | ${title} | ${body}`;

describe('what followers and providers are told, by the services as they run', () => {
  let world: NoticesWorld;
  let receiver: Receiver;
  const secrets: Record<string, string> = {};
  const hooked = ['account/ada', 'provider/anna'];
  const shown: Record<string, readonly Shown[]> = {};

  beforeAll(async () => {
    receiver = await Receiver.open();
    world = await NoticesWorld.open({
      WEBHOOKS_TO_LOOPBACK: 'true',
      WEBHOOK_POLL_MS: '100',
      SETTLEMENT_WEBHOOK_DELAY_SECONDS: '2',
    });
    for (const recipient of hooked)
      secrets[recipient] = await world.webhook(recipient, receiver.url(`/${recipient}`), ['settlement']);
    await twoMonths(world);
    for (const [recipient, expected] of Object.entries(feeds))
      shown[recipient] = await world.feedOf(recipient, expected.length);
  }, 120 * seconds);

  afterAll(async () => {
    await Promise.all([world?.close(), receiver?.close()]);
    await stopStack();
  }, 60 * seconds);

  test('the accounts lie in different partitions, the providers on different lines', () => {
    const partitions = followers.map((id) => partitionOf(id, partitionCount));
    expect(new Set(partitions.slice(0, 3)).size).toBe(3);
    expect(partitions[3]).not.toBe(partitions[4]);
    expect(partitionOf('anna', partitionCount)).not.toBe(partitionOf('ben', partitionCount));
  });

  test.each(Object.keys(feeds))(
    '%s: each thing once, in the order in which it happened, to the last digit',
    (recipient) => {
      expect(shown[recipient]!.map(line)).toEqual(feeds[recipient]);
    },
  );

  test(
    'webhooks of both sides: signed, and in the end what the feed says',
    async () => {
      for (const recipient of hooked) {
        const wanted = shown[recipient]!.filter(({ type }) => type === 'settlement');
        const newest = await deliveredTo(receiver, `/${recipient}`, wanted);
        for (const received of receiver.at(`/${recipient}`))
          expect(isSignedBy(secrets[recipient]!, received)).toBe(true);
        expect(newest).toEqual(wanted.map(({ id, title, body }) => ({ id, title, body })));
      }
    },
    30 * seconds,
  );

  test(
    'feeds made again while the notifier runs are the same; a row changed by hand is found, and mended',
    async () => {
      const make = (check: boolean) => rebuildFeeds(world.installation, { check, tell: () => undefined });
      const admin = new pg.Client({ connectionString: world.installation.databaseUrl });
      await admin.connect();
      const rows = async (): Promise<unknown[]> =>
        (await admin.query<{ row: string }>('SELECT f::text AS row FROM notifications.feed f ORDER BY 1')).rows;
      try {
        const before = await rows();
        expect(await make(true)).toMatchObject({ swapped: true, differences: [] });
        expect(await rows()).toEqual(before);
        await admin.query(`UPDATE notifications.feed SET title = 'x' WHERE recipient = 'provider/anna'`);
        const refused = await make(true);
        expect(refused).toMatchObject({ swapped: false, differences: [expect.stringContaining('notifications.feed')] });
        expect(await make(false)).toMatchObject({ swapped: true });
        expect(await rows()).toEqual(before);
        const { rows: queued } = await admin.query(`SELECT 1 FROM notifications.deliveries WHERE status = 'pending'`);
        expect(queued).toEqual([]);
      } finally {
        await admin.end();
      }
      // The notifier goes on with them.
      await world.stop('eve', ben, on(2, 7));
      const feed = await world.feedOf('account/eve', 4);
      expect(feed.map(line).at(-1)).toBe(
        '02-07T00:00 copy_stopped | Copying ben has stopped | As you asked. 1049.475 USDT went back to your wallet.',
      );
    },
    30 * seconds,
  );
});

/** The newest that a path was told of each of the notifications, once all of them have arrived. */
async function deliveredTo(receiver: Receiver, path: string, wanted: readonly Shown[]): Promise<object[]> {
  for (let tries = 0; ; tries++) {
    const told = new Map<string, Told>();
    for (const { payload } of receiver.at(path)) {
      const { data } = JSON.parse(payload) as { data: Told };
      if ((told.get(data.id)?.revision ?? -1) < (data.revision ?? 0)) told.set(data.id, data);
    }
    const found = wanted.flatMap(({ id }) => told.get(id) ?? []).map(({ id, title, body }) => ({ id, title, body }));
    const isComplete = wanted.every(({ id, body }) => told.get(id)?.body === body);
    if (isComplete || tries > 200) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
}

interface Told {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly revision?: number;
}
