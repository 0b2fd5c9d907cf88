import { join } from 'node:path';
import type { ProviderReport } from '@slipstream/read-model';
import { stopStack, testDatabase, testKafka, uniquePrefix } from '@slipstream/testing';
import { runPlatform, temporaryFolder, type Run } from './platform.js';
import { line, writeFills, type SyntheticFill } from './synthetic-fills.js';

const start = Date.UTC(2026, 0, 5, 9, 30, 0, 0);
const seconds = 1000;

/** One-way mode: long 2, through zero inside one fill to short 1, through zero again to long 3, reduced by 1. */
const oneWay: readonly SyntheticFill[] = [
  ['BUY', '100', '2', '-0.1', ''],
  ['SELL', '110', '3', '-0.165', '20'],
  ['BUY', '105', '4', '-0.21', '5'],
  ['SELL', '120', '1', '-0.06', ''],
].map(([side, price, qty, fee, realised], index) => ({
  provider: 'one-way',
  seq: index * 10,
  time: start + index * 5_000 + 7,
  symbol: 'SOLUSDT',
  side: side as 'BUY' | 'SELL',
  positionSide: 'BOTH',
  price: price!,
  qty: qty!,
  fee: fee!,
  realised: realised!,
}));

/** Equity perpetual, fees in USDC, a rebate, short in hedge mode, average cost where the venue gives no PnL. */
const equityPerp: readonly SyntheticFill[] = [
  ['SELL', '189.95', '10', '0.019', ''],
  ['SELL', '190.05', '10', '-0.95', ''],
  ['BUY', '180', '20', '-1.8', ''],
].map(([side, price, qty, fee, realised], index) => ({
  provider: 'equity-perp',
  seq: index,
  time: start + index * 60_000 + 123,
  symbol: 'AAPLUSDT',
  side: side as 'BUY' | 'SELL',
  positionSide: 'SHORT',
  price: price!,
  qty: qty!,
  fee: fee!,
  feeAsset: 'USDC',
  realised: realised!,
}));

/** Hundreds of fills a second: 1,200 fills of 0.01 within two seconds, alternately two symbols, then closed. */
function burst(): SyntheticFill[] {
  const fills: SyntheticFill[] = [];
  for (let i = 0; i < 1200; i += 1) {
    fills.push({
      provider: 'burst',
      seq: i,
      time: start + 3_600_000 + Math.floor(i * 1.6),
      symbol: Math.floor(i / 50) % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT',
      side: 'BUY',
      positionSide: 'LONG',
      price: '2000',
      qty: '0.01',
      fee: '-0.01',
    });
  }
  for (const [index, symbol] of ['BTCUSDT', 'ETHUSDT'].entries()) {
    fills.push({
      provider: 'burst',
      seq: 1200 + index,
      time: start + 3_700_000,
      symbol,
      side: 'SELL',
      positionSide: 'LONG',
      price: '2001',
      qty: '6',
      fee: '-6.003',
    });
  }
  return fills;
}

describe('other files of the same format, copy mode fixed_amount, existing broker and database', () => {
  let run: Run;
  const provider = (id: string): ProviderReport => run.report!.providers.find((p) => p.providerId === id)!;

  beforeAll(async () => {
    const file = join(temporaryFolder(), 'fills.csv');
    const fills = [...oneWay, ...equityPerp, ...burst()].sort((a, b) => a.time - b.time || a.seq - b.seq);
    writeFills(file, fills.map(line));
    const kafka = await testKafka();
    const database = await testDatabase();
    run = await runPlatform(
      ['--once', '--fills', file, '--followers', '6', '--copy-mode', 'fixed_amount', '--speed', 'max'],
      { env: { KAFKA_BROKERS: kafka, TOPIC_PREFIX: uniquePrefix(), DATABASE_URL: database.adminUrl } },
    );
  }, 180 * seconds);

  afterAll(stopStack);

  test('finishes', () => {
    expect({ code: run.code, tail: run.code === 0 ? '' : run.stdout.slice(-2000) + run.stderr.slice(-2000) }).toEqual({
      code: 0,
      tail: '',
    });
  });

  test('one-way flips inside one fill: two orders each, PnL to what is closed, fee split', () => {
    // long 2 (net 20 - 0.1 - 0.11), short 1 (net 5 - 0.055 - 0.0525), long 3 open, reduced by 1 at average cost: +15
    expect(provider('one-way')).toMatchObject({
      fills: 4,
      orders: 6,
      grossPnl: '40',
      fees: '0.535',
      netPnl: '39.465',
      closedPositions: 2,
      wonPositions: 2,
      winRate: '1',
      openPositions: { 'SOLUSDT/BOTH': '2' },
    });
  });

  test('equity perpetual, other fee asset, a rebate, average cost where the venue gives no PnL', () => {
    expect(provider('equity-perp')).toMatchObject({
      fills: 3,
      orders: 3,
      grossPnl: '200',
      fees: '2.731',
      netPnl: '197.269',
      closedPositions: 1,
      wonPositions: 1,
      openPositions: {},
    });
  });

  test('hundreds of fills a second', () => {
    expect(provider('burst')).toMatchObject({
      fills: 1202,
      grossPnl: '12',
      fees: '24.006',
      netPnl: '-12.006',
      closedPositions: 2,
      wonPositions: 0,
      winRate: '0',
      openPositions: {},
    });
  });

  test('each of the followers, spread round-robin, gets one outcome per order', () => {
    const orders = run.report!.providers.reduce((sum, p) => sum + p.orders, 0);
    expect(run.report!.providers.map((p) => p.activeFollowers)).toEqual([2, 2, 2]);
    expect(run.report!.copies).toMatchObject({ expectedOutcomes: orders * 2, missing: 0, duplicated: 0 });
    expect(run.report!.ledgerSum).toBe('0');
  });
});
