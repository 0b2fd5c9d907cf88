import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileOf, header, lineWith, readAll } from './feed-examples.js';

const readOne = async (line: string) => readAll(await fileOf(`${header}\n${line}\n`));

describe('a good line', () => {
  test('becomes a fill, with the fee as a cost', async () => {
    expect((await readOne(lineWith())).fills).toEqual([
      {
        line: 2,
        providerId: 'p1',
        instrument: 'BTCUSDT',
        side: 'sell',
        positionSide: 'short',
        fill: {
          sequence: 7,
          tradeId: null,
          price: '66712.7',
          quantity: '0.029',
          fee: '0.96733415',
          feeAsset: 'USDT',
          realisedPnl: '0',
          occurredAt: 1713825272123,
        },
      },
    ]);
  });

  test.each([
    ['a rebate', { fee: '0.5' }, { fee: '-0.5' }],
    ['no fee', { fee: '-0.0' }, { fee: '0' }],
    ['another fee asset', { fee_asset: 'BNB' }, { feeAsset: 'BNB' }],
    ['no realised profit', { realized_profit: '' }, { realisedPnl: null }],
    ['a loss', { realized_profit: '-12.50' }, { realisedPnl: '-12.5' }],
    ['float noise', { realized_profit: '-5.684341886080802e-14' }, { realisedPnl: '-0.00000000000005684341886080802' }],
    ['a small number in scientific notation', { qty: '1E-7' }, { quantity: '0.0000001' }],
    ['a small number in lower case', { price: '5e-05' }, { price: '0.00005' }],
    ['a large number in scientific notation', { qty: '1.5E+6' }, { quantity: '1500000' }],
    [
      '30 significant digits',
      { qty: '123456789.012345678901234567891' },
      { quantity: '123456789.012345678901234567891' },
    ],
    ['trailing zeros', { price: '67000.00' }, { price: '67000' }],
    ['an early sequence', { seq: '0' }, { sequence: 0 }],
  ])('may have %s', async (_, change, expected) => {
    const { fills, malformed } = await readOne(lineWith(change));
    expect(malformed).toEqual([]);
    expect(fills[0]?.fill).toMatchObject(expected);
  });

  test.each(['AAPLUSDT', 'BRK.B-USDT', '1000PEPEUSDT', 'BTC-USDT-SWAP', 'ETHUSDT_240628', '币安人生USDT'])(
    'may have the symbol %s',
    async (symbol) => expect((await readOne(lineWith({ symbol }))).fills[0]?.instrument).toBe(symbol),
  );

  test.each([
    ['LONG', 'long'],
    ['SHORT', 'short'],
    ['BOTH', 'net'],
  ])('with position side %s is %s', async (position_side, expected) =>
    expect((await readOne(lineWith({ position_side }))).fills[0]?.positionSide).toBe(expected),
  );

  test.each(['True', 'False', ''])("may have active_buy '%s' and a rounded or empty quote_qty", async (active_buy) => {
    expect((await readOne(lineWith({ active_buy, quote_qty: '1934.7' }))).malformed).toEqual([]);
    expect((await readOne(lineWith({ active_buy, quote_qty: '' }))).malformed).toEqual([]);
  });
});

describe('a malformed line', () => {
  const forty = '1234567890123456789012345678901234567890';
  test.each([
    ['too few columns', lineWith().split(',').slice(1).join(','), '12 columns, expected 13'],
    ['too many columns', `${lineWith()},x`, '14 columns, expected 13'],
    ['one column', 'nonsense', '1 columns, expected 13'],
    ['an unknown side', lineWith({ side: 'HOLD' }), "side 'HOLD' is unknown, expected BUY, SELL"],
    [
      'an inherited name as side',
      lineWith({ side: 'constructor' }),
      "side 'constructor' is unknown, expected BUY, SELL",
    ],
    ['no side', lineWith({ side: '' }), "side '' is unknown, expected BUY, SELL"],
    [
      'an unknown position side',
      lineWith({ position_side: 'NET' }),
      "position_side 'NET' is unknown, expected LONG, SHORT, BOTH",
    ],
    ['a negative quantity', lineWith({ qty: '-1' }), 'qty is negative'],
    ['no quantity', lineWith({ qty: '' }), 'qty is empty'],
    ['a zero quantity', lineWith({ qty: '0.000' }), 'qty is zero'],
    ['a negative price', lineWith({ price: '-66712.7' }), 'price is negative'],
    ['a zero price', lineWith({ price: '0' }), 'price is zero'],
    ['NaN', lineWith({ price: 'NaN' }), "price 'NaN' isn't a number"],
    ['Infinity', lineWith({ qty: 'Infinity' }), "qty 'Infinity' isn't a number"],
    ['NaN as profit', lineWith({ realized_profit: 'nan' }), "realized_profit 'nan' isn't a number"],
    ['NaN as quote quantity', lineWith({ quote_qty: 'NaN' }), "quote_qty 'NaN' isn't a number"],
    ['a hexadecimal number', lineWith({ qty: '0x10' }), "qty '0x10' isn't a number"],
    ['a point alone', lineWith({ qty: '.' }), "qty '.' isn't a number"],
    ['a 40-digit price', lineWith({ price: forty }), 'price has 40 characters, at most 38 are allowed'],
    ['a 40-digit fee', lineWith({ fee: `-${forty}` }), 'fee has 41 characters, at most 38 are allowed'],
    [
      '31 significant digits',
      lineWith({ qty: '1.234567890123456789012345678901' }),
      'qty has 31 significant digits, at most 30 are allowed',
    ],
    ['an enormous exponent', lineWith({ qty: '1e999' }), "qty '1e999' is too large or too small"],
    ['a vanishing exponent', lineWith({ qty: '1e-99' }), "qty '1e-99' is too large or too small"],
    ['a tiny quantity', lineWith({ qty: '1e-19' }), "qty '1e-19' is too small"],
    ['no fee', lineWith({ fee: '' }), 'fee is empty'],
    ['no fee asset', lineWith({ fee_asset: '' }), 'fee_asset is empty'],
    ['no portfolio', lineWith({ portfolio_id: '' }), 'portfolio_id is empty'],
    ['no symbol', lineWith({ symbol: '' }), 'symbol is empty'],
    [
      'a blank in the symbol',
      lineWith({ symbol: 'BTC USDT' }),
      'symbol contains a blank, a quote or an invisible character',
    ],
    [
      'a time in seconds',
      lineWith({ time_ms: '1713825272' }),
      "time_ms 1713825272 isn't a time in milliseconds between 2009 and 2100",
    ],
    [
      'a time in microseconds',
      lineWith({ time_ms: '1713825272123456' }),
      "time_ms 1713825272123456 isn't a time in milliseconds between 2009 and 2100",
    ],
    ['a date', lineWith({ time_ms: '2024-04-22' }), "time_ms '2024-04-22' isn't a whole number"],
    ['a fractional sequence', lineWith({ seq: '1.5' }), "seq '1.5' isn't a whole number"],
    ['a negative sequence', lineWith({ seq: '-1' }), "seq '-1' isn't a whole number"],
    [
      'a sequence that is no exact number',
      lineWith({ seq: '9999999999999999' }),
      "seq '9999999999999999' isn't a whole number",
    ],
    ['an unknown active_buy', lineWith({ active_buy: 'maybe' }), "active_buy 'maybe' is unknown"],
  ])('with %s is reported with line and reason, and the rest goes on', async (_, line, reason) => {
    const path = await fileOf(`${header}\n${lineWith({ seq: '1' })}\n${line}\n${lineWith({ seq: '8' })}\n`);
    const { fills, malformed } = await readAll(path);
    expect(malformed).toEqual([[3, reason]]);
    expect(fills.map((each) => [each.line, each.fill.sequence])).toEqual([
      [2, 1],
      [4, 8],
    ]);
  });

  test('changes nothing for the sequences after it', async () => {
    const lines = [lineWith({ seq: '1' }), lineWith({ seq: '9', qty: '-1' }), lineWith({ seq: '2' })];
    const { fills, malformed } = await readAll(await fileOf([header, ...lines].join('\n')));
    expect(fills.map((each) => each.fill.sequence)).toEqual([1, 2]);
    expect(malformed).toHaveLength(1);
  });

  test('may be one by its sequence: repeated or out of order, per portfolio', async () => {
    const lines = ['5', '5', '4', '6'].map((seq) => lineWith({ seq }));
    const others = [lineWith({ portfolio_id: 'p2', seq: '5' })];
    const { fills, malformed } = await readAll(await fileOf([header, ...lines, ...others].join('\n')));
    expect(fills.map((each) => `${each.providerId}/${each.fill.sequence}`)).toEqual(['p1/5', 'p1/6', 'p2/5']);
    expect(malformed).toEqual([
      [3, 'seq 5 is repeated'],
      [4, 'seq 4 is out of order, it comes after 5'],
    ]);
  });

  test('with a stray quote swallows no other line', async () => {
    const lines = [
      lineWith({ symbol: '"BTCUSDT' }),
      lineWith({ seq: '8' }),
      lineWith({ seq: '9', symbol: '"ETHUSDT"' }),
    ];
    const { fills, malformed } = await readAll(await fileOf([header, ...lines].join('\n')));
    expect(malformed.map(([line]) => line)).toEqual([2]);
    expect(fills.map((each) => each.instrument)).toEqual(['BTCUSDT', 'ETHUSDT']);
  });
});

describe('the file', () => {
  test.each([
    ['CRLF', `${header}\r\n${lineWith()}\r\n`],
    ['a byte order mark', `\uFEFF${header}\n${lineWith()}\n`],
    ['no line break at the end', `${header}\n${lineWith()}`],
    ['blank lines at the end', `${header}\n${lineWith()}\n\n\n`],
    ['both kinds of line breaks', `${header}\n${lineWith()}\r\n`],
    ['quoted fields', `${header}\n${lineWith().replaceAll(/([^,]+)/g, '"$1"')}\n`],
  ])('may have %s', async (_, content) => {
    const { fills, malformed } = await readAll(await fileOf(content));
    expect(malformed).toEqual([]);
    expect(fills[0]).toMatchObject({ line: 2, providerId: 'p1', fill: { sequence: 7 } });
  });

  test('has line numbers that count blank lines', async () => {
    const { malformed } = await readAll(await fileOf(`${header}\r\n\r\n${lineWith({ seq: '1' })}\r\n\r\nbad\r\n`));
    expect(malformed).toEqual([[5, '1 columns, expected 13']]);
  });

  test.each([
    ['is empty', '', /is empty/],
    ['has another header', 'a,b,c\n1,2,3\n', /another header than expected: 'a,b,c'/],
    ['has no header', `${lineWith()}\n`, /another header/],
    ['is one endless line', Buffer.alloc(300_000, 'x'), /can't be read as CSV|another header/],
  ])('that %s is refused with a sentence', async (_, content, message) => {
    await expect(readAll(await fileOf(content))).rejects.toThrow(message);
  });

  test('that is missing or a folder is refused with a sentence', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipstream-fills-'));
    await expect(readAll(join(folder, 'none.csv'))).rejects.toThrow(/none\.csv doesn't exist; check the path/);
    await expect(readAll(folder)).rejects.toThrow(/is a folder/);
  });

  const real = join(process.env['SLIPSTREAM_DATA'] ?? join(process.cwd(), '..', 'shared', 'data'), 'leader-fills.csv');
  (existsSync(real) ? test : test.skip)('of the four real portfolios gives 3,848 fills', async () => {
    const { fills, malformed } = await readAll(real);
    expect([fills.length, malformed]).toEqual([3848, []]);
    expect(new Set(fills.map((each) => each.providerId)).size).toBe(4);
  });
});
