import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columns, type FileFill } from '../src/feed/parse-fill.js';
import { readFills, type FileLine } from '../src/feed/read-fills.js';

export const header = columns.join(',');

/** A good line of provider p1; a test changes what it is about. */
export function lineWith(change: Partial<Record<(typeof columns)[number], string>> = {}): string {
  const good = {
    portfolio_id: 'p1',
    seq: '7',
    time_ms: '1713825272123',
    symbol: 'BTCUSDT',
    side: 'SELL',
    position_side: 'SHORT',
    price: '66712.7',
    qty: '0.029',
    quote_qty: '1934.6683',
    fee: '-0.96733415',
    fee_asset: 'USDT',
    realized_profit: '0.0',
    active_buy: 'False',
  };
  return columns.map((column) => change[column] ?? good[column]).join(',');
}

export async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'slipstream-fills-')), 'fills.csv');
  await writeFile(path, content);
  return path;
}

export async function readAll(path: string): Promise<{ fills: FileFill[]; malformed: [number, string][] }> {
  const fills: FileFill[] = [];
  const malformed: [number, string][] = [];
  for await (const entry of readFills(path) as AsyncIterable<FileLine>) {
    if ('fill' in entry) fills.push(entry.fill);
    else malformed.push([entry.malformed.line, entry.malformed.reason]);
  }
  return { fills, malformed };
}
