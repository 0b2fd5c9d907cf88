import { streams } from '@slipstream/contracts';
import type { JournalRecord, Projection } from '@slipstream/streams';
import type { PoolClient } from 'pg';
import type { Carried, CarriedChange } from './carried.js';
import { loadCarried, loadTold, writeCarried, writeTold, type Place } from './carry.js';
import type { FeedPolicy, WebhookPolicy } from './config.js';
import { notify } from './notify.js';
import { queueDeliveries } from './queue-deliveries.js';
import { tellTotals } from './tell-totals.js';
import { isTotal } from './total.js';
import { notificationOf, writeFeed, type Notification } from './write-feed.js';

export interface FeedOptions {
  readonly feed: FeedPolicy;
  /** Null: webhooks are told nothing. */
  readonly webhooks: Pick<WebhookPolicy, 'totalDelayMs'> | null;
  /** Called when deliveries may wait. */
  readonly onWritten?: () => void;
}

/** What one partition's records leave to be written. */
interface Left {
  readonly place: Place;
  readonly changes: readonly CarriedChange[];
  readonly notifications: readonly Notification[];
  /** Those that webhooks haven't been told of. */
  readonly news: readonly Notification[];
  /** Behind the last of them. */
  readonly position: number;
}

interface Opened {
  readonly carried: Carried;
  told: number;
}

/**
 * Feeds and the outbox of webhooks as a projection of the journals of providers, accounts and settlements: a feed is a
 * function of the journals alone, and its row and its deliveries are one transaction with the position.
 */
export function feedProjection({ feed, webhooks, onWritten }: FeedOptions): Projection<Left> {
  const opened = new Map<string, Opened>();
  return {
    service: 'notifier',
    journals: [streams.providersEvents, streams.accountsEvents, streams.settlementsEvents],
    schema: 'notifications',
    async open(topic, partition, client) {
      const place = { topic, partition };
      const carried = await loadCarried(client, place);
      opened.set(keyOf(place), { carried, told: await loadTold(client, place) });
    },
    apply: (records) => Promise.resolve(leftBy(records, opened, feed)),
    async finish(left, client) {
      await writeCarried(client, left);
      const totals = await writeFeed(
        client,
        left.flatMap(({ notifications }) => notifications),
        feed.rowsMax,
      );
      const parts = left.filter((part) => part.news.length > 0);
      const news = parts.flatMap((part) => part.news);
      if (webhooks !== null) await tellWebhooks(client, news, totals, webhooks.totalDelayMs);
      await writeTold(client, parts);
    },
    async committed(records) {
      const last = records.at(-1);
      const state = last && opened.get(keyOf(last));
      if (state) state.told = Math.max(state.told, last.offset + 1);
      onWritten?.();
    },
  };
}

async function tellWebhooks(
  client: PoolClient,
  news: readonly Notification[],
  totals: readonly Notification[],
  totalDelayMs: number,
): Promise<void> {
  await queueDeliveries(
    client,
    news.filter(({ facts }) => !isTotal(facts)),
  );
  const ids = new Set(news.map(({ id }) => id));
  const grown = totals.map((notification) => ({ notification, isNews: ids.has(notification.id) }));
  await tellTotals(client, grown, totalDelayMs);
}

function leftBy(records: readonly JournalRecord[], opened: ReadonlyMap<string, Opened>, feed: FeedPolicy): Left {
  const [first] = records;
  const state = first && opened.get(keyOf(first));
  if (!first || !state) throw new Error(`${first ? keyOf(first) : 'a partition'} was not opened`);
  const notifications = records.flatMap(({ event, topic, partition, offset }) =>
    notify(state.carried, event, feed.windowMs).map((notice, ordinal) =>
      notificationOf(notice, { topic, partition, offset, ordinal }),
    ),
  );
  const news = notifications.filter(({ offset }) => offset >= state.told);
  return {
    place: { topic: first.topic, partition: first.partition },
    changes: state.carried.takeChanges(),
    notifications,
    news,
    // However batches are cut, it is the same.
    position: (news.at(-1)?.offset ?? -1) + 1,
  };
}

const keyOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;
