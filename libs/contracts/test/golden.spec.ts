import { Codec, lockIds } from '../src/index.js';
import { sameFields } from '../src/same-fields.js';
import { examples, goldenBinaries, recordNames } from './controls.js';

/** What is on disk must stay readable: a changed binary is a changed contract and shows as a diff of avro/golden. */
describe.each(recordNames)('golden %s', (name) => {
  const codec = new Codec(lockIds(), { strict: true });

  it('has a binary for each of its examples', () => {
    expect(examples(name).length).toBeGreaterThanOrEqual(2);
    expect(goldenBinaries(name)).toHaveLength(examples(name).length);
  });

  it('encodes to its binary', () => {
    expect(examples(name).map((example) => codec.encode(example).toString('hex'))).toEqual(goldenBinaries(name));
  });

  it('decodes from its binary', () => {
    const decoded = goldenBinaries(name).map((hex) => codec.decode(Buffer.from(hex, 'hex')));
    examples(name).forEach((example, i) => expect(sameFields(example, decoded[i], name)).toBeUndefined());
  });
});
