// Examples of records: what tests share as `controls`, and what the golden binaries are made of.

const texts = {
  accountId: 'follower-0001',
  copyId: 'follower-0001~leader-1~1',
  orderId: 'follower-0001~leader-1~1#7',
  providerId: 'leader-1',
  providerOrderId: 'leader-1/41',
  leadPositionId: 'leader-1/BTCUSDT/long/5',
  instrument: 'BTCUSDT',
  asset: 'USDT',
  feeAsset: 'USDT',
  requestId: 'request-1',
  displayName: 'Zoë von Großmann 北京 🚀',
  detail: 'größer als erlaubt: 40 → 38 digits – ∑',
  causeId: 'leader-1#7',
  tradeId: 'trade-1',
  venueOrderId: 'venue-17',
  disclaimerVersion: '2026-01',
  topic: 'accounts.commands',
  service: 'position-sizer',
  command: 'StartCopying',
  id: 'request-1',
};

const decimals = {
  quantity: '0.5',
  leverage: '10',
  fraction: '0.25',
  usage: '0.05',
  fee: '0.0316250625',
  realisedPnl: '-12.75',
  averageCostPnl: '-12.75',
  reserved: '3.1941313125',
  released: '3.1941313125',
  target: '0.50000000000000000001',
  excess: '0',
  copyTotalAmt: '1000',
  copyAmt: '100',
  amount: '1000',
  returned: '987.25',
  startingCapital: '10000',
  equityBefore: '10012.5',
  positionAfter: '0.5',
  profitShareRatio: '0.1',
  winRate: '0.625',
  roiAll: '0.0125',
  maxDrawdown: '-0.031',
  maxLoss: '0.3',
  maxPerTrade: '0.2',
};

/** A full example: every field has a value, lists have two entries (the second is a bare one). */
const full = {
  null: () => null,
  boolean: () => true,
  int: () => 7,
  long: (name, schema) => (schema.logicalType === 'timestamp-millis' ? 1716163200123 : 41),
  bytes: () => ({ hex: '00ff80c3a9' }),
  string: (name, schema) =>
    schema.values?.[0] ??
    (schema.format === 'decimal' ? (decimals[name] ?? '63250.125') : (texts[name] ?? `${name} é`)),
};
/** A bare one: null where it may be, empty lists, and values at the edge of what the wire can carry. */
const bare = {
  null: () => null,
  boolean: () => false,
  int: () => 2 ** 31 - 1,
  // The largest that the TypeScript side writes and reads.
  long: () => Number.MAX_SAFE_INTEGER - 1,
  bytes: () => ({ hex: '' }),
  string: (name, schema) =>
    schema.values?.at(-1) ?? (schema.format === 'decimal' ? '-1234567890123456789.00000000000000000001' : '漢字 ✓ 🙂'),
};

/**
 * An example of a self-contained schema. What `known` has already is kept (examples may be improved by hand), fields
 * that are new are filled in, fields that are gone left out.
 */
function example(schema, name, values, known, named) {
  if (typeof schema === 'string') {
    const type = named.get(schema);
    return type ? example(type, name, values, known, named) : (known ?? values[schema](name, {}));
  }
  if (Array.isArray(schema)) {
    const branch = schema.find((one) => one !== 'null');
    if (known === null || (known === undefined && values === bare)) return null;
    return example(branch, name, values, known, named);
  }
  if (schema.type === 'record') {
    named.set(`${schema.namespace ?? 'slipstream'}.${schema.name}`, schema);
    return Object.fromEntries(
      schema.fields.map((field) => [field.name, example(field.type, field.name, values, known?.[field.name], named)]),
    );
  }
  if (schema.type === 'array') {
    const items = known ?? (values === full ? [undefined, undefined] : []);
    const made = items.map((item, i) => example(schema.items, name, i % 2 ? bare : full, item, named));
    // The item's named types must be known further on, even when this list is empty.
    if (items.length === 0) example(schema.items, name, full, undefined, named);
    return made;
  }
  return known ?? values[schema.type](name, schema);
}

/** The examples of a record: a full one first, then a bare one. */
export const examplesOf = (schema, known) => [
  example(schema, schema.name, full, known?.[0], new Map()),
  example(schema, schema.name, bare, known?.[1], new Map()),
  ...(known ?? []).slice(2).map((one) => example(schema, schema.name, bare, one, new Map())),
];

/** An example with its bytes as buffers, as the codec takes it. */
export const revived = (value) => {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.keys(value).length === 1 && typeof value.hex === 'string') return Buffer.from(value.hex, 'hex');
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)]));
};
