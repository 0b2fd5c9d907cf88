import { record, streams, type AnyRecord } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import { runFold, runProjection, type Fold, type Projection, type Running } from '../src/index.js';
import { counts, header, headerText } from '../src/headers.js';
import type { LogMessage } from '../src/log.js';
import { runTogether } from '../src/run-together.js';
import { topicName } from '../src/topics.js';
import { closeWorlds, codec, newWorld, pause, readAll, type World } from './world.js';

const partition = 3;
let world: World;
const running: Running[] = [];

beforeAll(async () => {
  world = await newWorld();
}, 120_000);
afterAll(async () => {
  await Promise.all(running.map((one) => one.stop().catch(() => undefined)));
  await closeWorlds();
  await stopStack();
}, 60_000);

interface Seen {
  readonly stopped: number;
}

/** Says of each copy that has stopped how many have before it, and asks accounts for as much. */
const fold: Fold<{ get(): Seen; set(seen: Seen): void }> = {
  service: 'settlement',
  inbox: streams.accountsEvents,
  journal: streams.settlementsEvents,
  open: (store) => ({
    get: () => store.get<Seen>('seen') ?? { stopped: 0 },
    set: (seen) => store.set('seen', seen),
  }),
  decide: (state, event) => {
    if (event.type !== 'CopyStopped') return [];
    const { accountId, copyId, providerId, occurredAt } = event;
    const subscriptionId = String(state.get().stopped);
    return [
      { type: 'SubscriptionEnded', accountId, copyId, providerId, subscriptionId, reason: 'stopped', occurredAt },
    ];
  },
  evolve: (state) => state.set({ stopped: state.get().stopped + 1 }),
  follow: (_, event) => {
    if (event.type !== 'SubscriptionEnded') return [];
    const { accountId, copyId, providerId, subscriptionId: chargeId } = event;
    const charge = { accountId, copyId, providerId, chargeId, price: '1', from: 0, until: 1, platformFeeRatio: '0' };
    const command = record('ChargeSubscription', { charges: [charge] });
    return [{ to: streams.accountsCommands, record: command, key: null, partition }];
  },
};

const projected: string[] = [];
const projection: Projection = {
  service: 'settlement',
  journals: [streams.accountsEvents],
  schema: 'settlement',
  open: () => Promise.resolve(),
  apply: (records) => {
    for (const { event } of records) if (event.type === 'CopyStopped') projected.push(event.copyId);
    return Promise.resolve();
  },
};

/** Both in one process, as settlement runs them. */
async function run(): Promise<Running> {
  const { brokers, topicPrefix, database } = world;
  const options = {
    brokers,
    topicPrefix,
    databaseUrl: database.urls.settlement,
    saveIntervalMs: 100,
    sessionTimeoutMs: 6000,
  };
  const one = await runTogether([
    () => runFold(fold, { ...options, groupId: `${topicPrefix}settlement-fold` }),
    () => runProjection(projection, options),
  ]);
  running.push(one);
  await one.ready();
  return one;
}

let end = 0;
/** Appends to the journal of accounts; one that is void says it lies elsewhere, as that of an owner who was too late. */
async function append(...copies: readonly (string | { readonly void: string } | null)[]): Promise<void> {
  const appender = await world.log.openAppender();
  const messages = copies.map((copy, i): LogMessage => {
    const copyId = copy === null ? '' : typeof copy === 'string' ? copy : copy.void;
    const stopped: AnyRecord = {
      type: 'CopyStopped',
      accountId: 'a',
      copyId,
      providerId: 'p',
      returned: '0',
      occurredAt: 1,
    };
    const at = end + i + (copy !== null && typeof copy === 'object' ? 2 : 0);
    const headers = { [header.at]: String(at), [header.cause]: String(end + i), [header.rules]: '1' };
    return { key: null, value: codec.encode(copy === null ? record('Answered', {}) : stopped), headers };
  });
  await appender.append([{ topic: topicName(streams.accountsEvents, world.topicPrefix), partition, messages }]);
  end += copies.length;
  await appender.close();
}

/** What the fold has said, and what lies in the inbox of accounts, each once per source. */
async function said(): Promise<{ events: string[]; charges: string[] }> {
  const journal = (await readAll(world, streams.settlementsEvents))[partition] ?? [];
  const inbox = (await readAll(world, streams.accountsCommands))[partition] ?? [];
  const events = journal
    .filter(({ offset, headers }) => counts(offset, headers))
    .map(({ value }) => codec.decode(value))
    .flatMap((event) => (event.type === 'SubscriptionEnded' ? [`${event.copyId} ${event.subscriptionId}`] : []));
  const bySource = new Map(
    inbox.map(({ headers, value }) => [headerText(headers, header.source), codec.decode(value)]),
  );
  const charges = [...bySource.values()].flatMap((command) =>
    command.type === 'ChargeSubscription' ? command.charges.map(({ copyId }) => copyId) : [],
  );
  return { events, charges };
}

async function untilSaid(count: number): Promise<Awaited<ReturnType<typeof said>>> {
  for (let tries = 0; tries < 200; tries += 1) {
    const now = await said();
    if (Math.min(now.events.length, now.charges.length, projected.length) >= count) return now;
    await pause(50);
  }
  throw new Error(`${count} were not said: ${JSON.stringify(await said())}`);
}

test('a journal is an inbox: what doesn’t lie at its place is passed over, by the fold and the projection alike', async () => {
  await append('c1', null, { void: 'void' }, 'c2');
  const one = await run();
  await append({ void: 'void too' }, 'c3', null);
  expect(await untilSaid(3)).toEqual({ events: ['c1 0', 'c2 1', 'c3 2'], charges: ['c1', 'c2', 'c3'] });
  expect(projected).toEqual(['c1', 'c2', 'c3']);
  const { partitions, ready, live, failure } = one.status();
  expect({ partitions: partitions.length, ready, live, failure }).toEqual({
    ...{ partitions: 24, ready: true, live: true, failure: null },
  });
  await one.stop();
  await expect(one.done()).resolves.toBeUndefined();
}, 60_000);

test('taken over by another process it goes on where it was, with nothing twice', async () => {
  await run();
  await append('c4');
  await untilSaid(4);
  // A second one takes the partitions over while the first still runs.
  await run();
  await append({ void: 'void' }, 'c5', 'c6');
  const expected = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
  const { events, charges } = await untilSaid(6);
  expect(events).toEqual(expected.map((copyId, i) => `${copyId} ${i}`));
  expect(charges).toEqual(expected);
  expect(projected).toEqual(expected);
}, 60_000);

test('one that can’t start stops the other again', async () => {
  const { brokers, topicPrefix, database } = world;
  const options = { brokers, topicPrefix, databaseUrl: database.urls.settlement, groupId: `${topicPrefix}third` };
  let first: Running | undefined;
  const failing = runTogether([
    async () => (first = await runFold(fold, options)),
    () => Promise.reject(new Error('no such schema')),
  ]);
  await expect(failing).rejects.toThrow('no such schema');
  await expect(first?.done()).resolves.toBeUndefined();
}, 60_000);
