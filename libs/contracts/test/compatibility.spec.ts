import { incompatibilities } from '../src/compatibility.js';
import { lockEntries, schemas } from '../src/index.js';
import { recordNames } from './controls.js';

interface Field {
  name: string;
  type: unknown;
  default?: unknown;
}
interface RecordSchema {
  type: string;
  name: string;
  namespace: string;
  fields: Field[];
}
const base = schemas.CopyRequested as RecordSchema;
/** A copy of the schema with its fields (of the record itself) changed. */
const changed = (change: (fields: Field[]) => Field[]): RecordSchema => ({
  ...base,
  fields: change(structuredClone(base.fields)),
});
const retyped = (name: string, type: unknown): RecordSchema =>
  changed((fields) => fields.map((field) => (field.name === name ? { ...field, type } : field)));
/** The same inside the nested settings. */
const settings = (change: (fields: Field[]) => Field[]): RecordSchema =>
  changed((fields) =>
    fields.map((field) =>
      field.name === 'settings'
        ? { ...field, type: { ...(field.type as RecordSchema), fields: change((field.type as RecordSchema).fields) } }
        : field,
    ),
  );
const grown = (extra: Field): RecordSchema => changed((fields) => [...fields, extra]);
const decimalOrNull = ['null', { type: 'string', format: 'decimal' }];

describe('every record', () => {
  it.each(recordNames)('%s: the newest lock entry is the current schema', (name) => {
    expect(lockEntries.findLast((entry) => entry.name === name)?.schema).toEqual(
      expect.objectContaining({ name, fields: expect.any(Array) as unknown }),
    );
    const newest = lockEntries.findLast((entry) => entry.name === name)?.schema as object;
    const withoutDocs = (schema: object): string =>
      JSON.stringify(schema, (key, value: unknown) => (key === 'doc' ? undefined : value));
    expect(withoutDocs(newest)).toBe(withoutDocs(schemas[name]));
  });

  it.each(recordNames)('%s: can be read by and can read every released version', (name) => {
    const released = lockEntries.filter((entry) => entry.name === name && entry.released);
    expect(released.flatMap(({ schema }) => incompatibilities(schema, schemas[name]))).toEqual([]);
  });

  it('has ids that are unique and versions that count up from 1', () => {
    expect(new Set(lockEntries.map(({ id }) => id)).size).toBe(lockEntries.length);
    for (const name of recordNames) {
      const versions = lockEntries.filter((entry) => entry.name === name);
      expect(versions.map(({ version }) => version)).toEqual(versions.map((_, i) => i + 1));
      // Only the newest may still change.
      expect(versions.slice(0, -1).every(({ released }) => released)).toBe(true);
    }
  });
});

describe('what may change', () => {
  it.each([
    ['nothing', base],
    ['words', { ...base, doc: 'other words' }],
    ['a new field with a default', grown({ name: 'note', type: ['null', 'string'], default: null })],
    ['a new field inside a nested record', settings((fields) => [...fields, { name: 'x', type: 'int', default: 0 }])],
    ['a field with a default is removed', settings((fields) => fields.filter(({ name }) => name !== 'maxLoss'))],
    [
      'one more value',
      settings((fields) =>
        fields.map((field) =>
          field.name === 'overLimit'
            ? { ...field, type: { type: 'string', values: ['shrink', 'skip', 'wait'] } }
            : field,
        ),
      ),
    ],
  ])('%s', (_what, newer) => {
    expect(incompatibilities(base, newer)).toEqual([]);
  });
});

describe('what may not change', () => {
  it.each([
    ['a field without a default is removed', changed((fields) => fields.filter(({ name }) => name !== 'copyId'))],
    ['a new field has no default', grown({ name: 'note', type: 'string' })],
    ['a field gets another name', changed((f) => f.map((x) => (x.name === 'copyId' ? { ...x, name: 'copy' } : x)))],
    ['a long becomes an int', retyped('occurredAt', 'int')],
    ['a long becomes a double', retyped('occurredAt', 'double')],
    ['a string becomes bytes, which Avro itself allows', retyped('copyId', 'bytes')],
    ['a string becomes optional', retyped('copyId', ['null', 'string'])],
    ['a decimal becomes any string', retyped('copyTotalAmt', 'string')],
    ['a string becomes a decimal', retyped('copyId', { type: 'string', format: 'decimal' })],
    ['a time loses its logical type', retyped('occurredAt', 'long')],
    ['the record gets another name', { ...base, name: 'CopyAsked' }],
    [
      'a value is gone',
      settings((f) =>
        f.map((x) => (x.name === 'overLimit' ? { ...x, type: { type: 'string', values: ['skip'] } } : x)),
      ),
    ],
    ['a free string gets a list of values', retyped('disclaimerVersion', { type: 'string', values: ['2026-01'] })],
    [
      'a default changes',
      settings((f) => f.map((x) => (x.name === 'maxLoss' ? { ...x, type: decimalOrNull, default: undefined } : x))),
    ],
    ['a nested field without a default is removed', settings((f) => f.filter(({ name }) => name !== 'mode'))],
    [
      'the entries of a list change',
      settings((f) => f.map((x) => (x.name === 'instIds' ? { ...x, type: { type: 'array', items: 'int' } } : x))),
    ],
  ])('%s', (_what, newer) => {
    expect(incompatibilities(base, newer)).not.toEqual([]);
  });

  it('says what and where', () => {
    expect(incompatibilities(base, retyped('copyTotalAmt', 'string'))).toEqual([
      'CopyRequested.copyTotalAmt: the format changed from decimal to undefined',
    ]);
  });

  it('is seen inside types that are referred to by name only', () => {
    const order = schemas.OrdersReported as RecordSchema;
    const broken = JSON.parse(JSON.stringify(order).replace('"name":"tradeId"', '"name":"deal"')) as RecordSchema;
    expect(incompatibilities(order, broken).join()).toMatch(/tradeId/);
  });
});
