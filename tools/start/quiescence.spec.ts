import { untilQuiescent, type Offsets, type Reader } from './quiescence.ts';

const reader = { group: 'position-sizer', topic: 'accounts.commands' };

/** A broker whose commits and ends are those of the next look, the last one for ever. */
function scripted(looks: readonly { committed: Record<number, number>; ends: Record<number, number> }[]): Offsets {
  let look = -1;
  const current = () => looks[Math.min(look, looks.length - 1)]!;
  const entries = <T>(values: Record<number, T>): [number, T][] =>
    Object.entries(values).map(([partition, value]) => [Number(partition), value]);
  return {
    committed: async () => {
      look += 1;
      return new Map(entries(current().committed));
    },
    bounds: async () => new Map(entries(current().ends).map(([p, end]) => [p, { low: 0, end }])),
  };
}

const wait = (offsets: Offsets, more: Partial<Parameters<typeof untilQuiescent>[0]> = {}) =>
  untilQuiescent({ readers: [reader], offsets, openOutcomes: async () => 0, pollMs: 1, stillMsMax: 100, ...more });

test('all committed and no order open: done at the first look', async () => {
  const seen: number[] = [];
  const offsets = scripted([{ committed: { 0: 5, 1: 7 }, ends: { 0: 5, 1: 7 } }]);
  await expect(wait(offsets, { onProgress: ({ records }) => seen.push(records) })).resolves.toBe(true);
  expect(seen).toEqual([0]);
});

test('a partition without a commit counts from its start, an empty one not at all', async () => {
  const seen: number[] = [];
  const offsets = scripted([
    { committed: {}, ends: { 0: 3, 1: 0 } },
    { committed: { 0: 3 }, ends: { 0: 3, 1: 0 } },
  ]);
  await expect(wait(offsets, { onProgress: ({ records }) => seen.push(records) })).resolves.toBe(true);
  expect(seen).toEqual([3, 0]);
});

test('waits for placed orders that have no end, though all is committed', async () => {
  const open = [2, 1, 0];
  const outcomes: number[] = [];
  const offsets = scripted([{ committed: { 0: 1 }, ends: { 0: 1 } }]);
  const openOutcomes = async (): Promise<number> => open.shift() ?? 0;
  await wait(offsets, { openOutcomes, onProgress: (left) => outcomes.push(left.outcomes) });
  expect(outcomes).toEqual([2, 1, 0]);
});

test('commits are fetched before the ends, of all readers before any end', async () => {
  const calls: string[] = [];
  const readers: Reader[] = [reader, { group: 'order-gateway', topic: 'orders.commands' }];
  const offsets: Offsets = {
    committed: async ({ group }) => {
      calls.push(`committed ${group}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      calls.push(`had ${group}`);
      return new Map();
    },
    bounds: async (topic) => {
      calls.push(`ends ${topic}`);
      return new Map();
    },
  };
  await wait(offsets, { readers });
  expect(Math.min(...calls.flatMap((call, index) => (call.startsWith('ends') ? [index] : [])))).toBe(4);
});

test('nothing moving for too long is an error that says who is behind', async () => {
  const offsets = scripted([{ committed: { 0: 1 }, ends: { 0: 4 } }]);
  await expect(wait(offsets, { openOutcomes: async () => 2, stillMsMax: 20 })).rejects.toThrow(
    /position-sizer is 3 records behind in accounts.commands, 2 placed orders have no end/,
  );
});

test('slow is not still: it waits as long as something moves', async () => {
  const looks = Array.from({ length: 30 }, (_, n) => ({ committed: { 0: n }, ends: { 0: 29 } }));
  await expect(wait(scripted(looks), { pollMs: 5, stillMsMax: 50 })).resolves.toBe(true);
});

test('told to stop, it says that it is not done', async () => {
  const offsets = scripted([{ committed: { 0: 1 }, ends: { 0: 4 } }]);
  await expect(wait(offsets, { signal: AbortSignal.timeout(20) })).resolves.toBe(false);
});
