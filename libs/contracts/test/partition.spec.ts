import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { partitionCount, partitionOf } from '../src/index.js';

/** The values of the Java client's own test (org.apache.kafka.common.utils.UtilsTest.testMurmur2). */
const javaHashes: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

describe('partitionOf', () => {
  it.each(javaHashes)('hashes %j as the Java client does', (key, hash) => {
    // Over 2^31 partitions the partition is the whole positive hash.
    expect(partitionOf(key, 2 ** 31)).toBe(hash & 0x7fffffff);
    expect(partitionOf(key, partitionCount)).toBe((hash & 0x7fffffff) % partitionCount);
  });

  it('agrees with the partitioner of kafkajs on any key', () => {
    const theirs = kafkajs.Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: partitionCount }, (_, partitionId) => ({ partitionId, leader: 1 }));
    const key = fc.string({ minLength: 1, maxLength: 60, unit: 'binary' });
    fc.assert(
      fc.property(fc.oneof(key, fc.string({ minLength: 1, unit: 'grapheme' })), (text) => {
        const message = { key: text, value: null };
        return partitionOf(text, partitionCount) === theirs({ topic: 't', partitionMetadata, message } as never);
      }),
      { numRuns: 2000 },
    );
  });

  it('spreads followers evenly', () => {
    const counts = new Array<number>(partitionCount).fill(0);
    for (let i = 0; i < 12_000; i++) {
      const partition = partitionOf(`follower-${String(i).padStart(4, '0')}`, partitionCount);
      counts[partition] = (counts[partition] as number) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});
