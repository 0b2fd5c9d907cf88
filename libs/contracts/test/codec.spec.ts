import fc from 'fast-check';
import {
  Codec,
  UnknownSchema,
  UnreadableRecord,
  avroType,
  lockIds,
  record,
  schemas,
  type AnyRecord,
  type SchemaIds,
} from '../src/index.js';
import { controls, goldenBinaries, recordNames } from './controls.js';

const codec = new Codec(lockIds());
const strict = new Codec(lockIds(), { strict: true });
const failure = (bytes: Buffer | null): unknown => {
  try {
    codec.decode(bytes);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('encode', () => {
  it('writes the Confluent header: zero byte and schema id', () => {
    const bytes = codec.encode(controls.PlaceOrders);
    expect(bytes[0]).toBe(0);
    expect(lockIds().schemaOf(bytes.readUInt32BE(1))?.name).toBe('PlaceOrders');
  });

  it('hands out bytes of their own', () => {
    const first = codec.encode(controls.DepositFunds);
    const copy = Buffer.from(first);
    codec.encode(controls.StartCopying);
    expect(first.equals(copy)).toBe(true);
  });

  it('grows for a record larger than its buffer', () => {
    const value = Buffer.alloc(3_000_000, 7);
    const decoded = codec.decode(codec.encode({ ...controls.DeadLetter, value })) as typeof controls.DeadLetter;
    expect(decoded.value?.equals(value)).toBe(true);
    expect(codec.decode(codec.encode(controls.Answered))).toMatchObject({ type: 'Answered' });
  });

  it.each([
    ['a missing field', { type: 'Answered2' } as unknown as AnyRecord],
    ['a number for a decimal', { ...controls.DepositFunds, amount: 12 as unknown as string }],
    ['a long beyond 2^53', { ...controls.DepositFunds, occurredAt: 2 ** 53 }],
    ['a fraction in a long', { ...controls.DepositFunds, occurredAt: 1.5 }],
    ['NaN in a long', { ...controls.DepositFunds, occurredAt: NaN }],
  ])('refuses %s', (_what, broken) => {
    expect(() => codec.encode(broken)).toThrow();
  });
});

describe('a strict codec', () => {
  it('refuses a field that is not in the schema', () => {
    const broken = { ...controls.CopyOrders, copies: [{ accountId: 'a', copyId: 'c', extra: 1 }] };
    expect(() => strict.encode(broken)).toThrow(/copies\.0\.extra isn't in the schema/);
    expect(() => codec.encode(broken)).not.toThrow();
  });

  it('refuses a missing field that would silently get its default', () => {
    const { venueOrderId: _, ...broken } = controls.RecordProviderFills;
    expect(() => strict.encode(broken as AnyRecord)).toThrow(/venueOrderId is missing/);
  });
});

describe('decode', () => {
  it.each([
    ['nothing', null],
    ['no bytes', Buffer.alloc(0)],
    ['four bytes', Buffer.alloc(4)],
    ['another magic byte', Buffer.from([1, 0, 0, 0, 1, 0])],
    ['JSON', Buffer.from('{"type":"CopyOrders"}')],
    ['an unknown schema id', Buffer.from([0, 0x7f, 0, 0, 0, 2, 2])],
    ['only a header', codec.encode(controls.CopyOrders).subarray(0, 5)],
    ['bytes at the end', Buffer.concat([codec.encode(controls.CopyOrders), Buffer.from([0])])],
  ])('says that %s is unreadable', (_what, bytes) => {
    expect(failure(bytes)).toBeInstanceOf(UnreadableRecord);
  });

  it('tells an unknown schema from broken bytes', () => {
    const error = failure(Buffer.from([0, 0, 0, 0xff, 0xff, 2]));
    expect(error).toBeInstanceOf(UnknownSchema);
    expect((error as UnknownSchema).schemaId).toBe(0xffff);
  });

  it('refuses a long beyond 2^53 instead of rounding it', () => {
    const bytes = codec.encode({ ...controls.ConfirmCopy, fromOrder: 2 ** 53 - 2 });
    const at = bytes.indexOf(Buffer.from('fcffffffffffff1f', 'hex'));
    Buffer.from('8080808080808020', 'hex').copy(bytes, at);
    expect(failure(bytes)).toBeInstanceOf(UnreadableRecord);
  });

  it.each(recordNames)('finds every cut of %s unreadable', (name) => {
    for (const hex of goldenBinaries(name)) {
      const bytes = Buffer.from(hex, 'hex');
      for (let end = 0; end < bytes.length; end++)
        expect(failure(bytes.subarray(0, end))).toBeInstanceOf(UnreadableRecord);
    }
  });

  it('does not believe a count its bytes cannot hold', () => {
    const empty = codec.encode({ ...controls.RecordFills, ends: [] });
    const count = Buffer.from('fcffffffffffff1f', 'hex');
    const startedMs = performance.now();
    expect(failure(Buffer.concat([empty.subarray(0, 5), count]))).toBeInstanceOf(UnreadableRecord);
    expect(performance.now() - startedMs).toBeLessThan(100);
  });

  it('throws UnreadableRecord and nothing else for any bytes', () => {
    const header = fc.integer({ min: 0, max: recordNames.length + 2 }).map((id) => Buffer.from([0, 0, 0, 0, id]));
    const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(header, body, (start, rest) => {
        const error = failure(Buffer.concat([start, rest]));
        return error === undefined || error instanceof UnreadableRecord;
      }),
      { numRuns: 5000 },
    );
  });

  it('throws UnreadableRecord and nothing else for flipped bytes of real records', () => {
    const golden = recordNames.flatMap((name) => goldenBinaries(name)).map((hex) => Buffer.from(hex, 'hex'));
    const flip = fc.tuple(fc.constantFrom(...golden), fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(flip, ([bytes, at, mask]) => {
        const broken = Buffer.from(bytes);
        broken[at % bytes.length] = (broken[at % bytes.length] as number) ^ mask;
        const error = failure(broken);
        return error === undefined || error instanceof UnreadableRecord;
      }),
      { numRuns: 5000 },
    );
  });
});

describe('versions', () => {
  /** A newer writer: DepositFunds with one more field, under an id of its own. */
  const newerSchema = {
    ...schemas.DepositFunds,
    fields: [
      ...(schemas.DepositFunds as { fields: object[] }).fields,
      { name: 'note', type: 'string', default: 'none' },
    ],
  };
  const ids: SchemaIds = {
    idOf: (name) => lockIds().idOf(name),
    schemaOf: (id) => (id === 9001 ? { name: 'DepositFunds', schema: newerSchema } : lockIds().schemaOf(id)),
  };
  const newerBytes = (note: string): Buffer => {
    const header = Buffer.from([0, 0, 0, 0x23, 0x29]);
    return Buffer.concat([header, avroType(newerSchema).toBuffer({ ...controls.DepositFunds, note })]);
  };

  it('reads a newer version by its own schema', () => {
    const { amount, requestId } = controls.DepositFunds;
    expect(new Codec(ids).decode(newerBytes('x'))).toMatchObject({ type: 'DepositFunds', amount, requestId });
    expect(new Codec(ids).decode(newerBytes('x'))).not.toHaveProperty('note');
  });

  it('says so when a version can not be read by ours', () => {
    const foreign: SchemaIds = {
      ...ids,
      schemaOf: () => ({
        name: 'DepositFunds',
        schema: {
          type: 'record',
          name: 'DepositFunds',
          namespace: 'slipstream',
          fields: [{ name: 'other', type: 'int' }],
        },
      }),
    };
    expect(() => new Codec(foreign).decode(newerBytes('x'))).toThrow(UnreadableRecord);
  });
});

it('record() makes a tagged record', () => {
  expect(record('Answered', {})).toEqual({ type: 'Answered' });
});
