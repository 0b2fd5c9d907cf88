import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstrumentText } from '../src/instrument.js';

const folder = process.env['SLIPSTREAM_DATA'] ?? join(process.cwd(), '../shared/data');

/** A file of the shared data, or null with a line that says so. */
export function dataFile(name: string): unknown {
  const file = join(folder, name);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  process.stdout.write(`skipped: no ${name} in ${folder}\n`);
  return null;
}

/** Real perpetual swaps: quantities of OKX in contracts, those of Binance in units; null where the data isn't there. */
export function realInstruments(): Readonly<Record<string, InstrumentText>> | null {
  const okx = dataFile('instruments/okx_swap_usdt_subset.json') as { data: Record<string, string>[] } | null;
  const binance = dataFile('instruments/binance_usdm_inferred_precision.json') as Record<
    string,
    { readonly price_dp: number; readonly qty_dp: number }
  > | null;
  if (!okx || !binance) return null;
  const step = (decimals: number): string => (decimals === 0 ? '1' : `0.${'0'.repeat(decimals - 1)}1`);
  return Object.fromEntries([
    ...okx.data.map(({ instId, lotSz, tickSz, minSz, ctVal }) => [
      instId as string,
      { lot: lotSz, tick: tickSz, minimumQuantity: minSz, contractSize: ctVal },
    ]),
    // What the fills show: the decimals of both, and the venue's usual least notional of 5 USDT.
    ...Object.entries(binance).map(([id, { price_dp, qty_dp }]) => [
      id,
      { lot: step(qty_dp), tick: step(price_dp), minimumNotional: '5' },
    ]),
  ]) as Record<string, InstrumentText>;
}
