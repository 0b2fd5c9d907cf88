// npm run bench -- --what-if: how many provider orders per second a what-if takes, in one thread.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCopySettings, instrumentTable, simulateCopy, type LineRecord } from '@slipstream/domain';
import { root, StartError } from '../embedded/common.ts';
import { lineOfFile } from '../what-if/line-of-file.ts';

const provider = '3923766029921022977';
const secondsPerMode = 3;
const sizes = { copyAmt: '50', multiplier: '2', copyRatio: '0.1' };
const guards = { tpRatio: '0.2', slRatio: '0.1', maxLoss: '0.5' };

/** Runs the real fills of one provider again and again in each copy mode; prints orders per second of one core. */
export async function benchWhatIf(): Promise<void> {
  const file = join(process.env['SLIPSTREAM_DATA'] ?? join(root, '../shared/data'), 'leader-fills.csv');
  if (!existsSync(file)) throw new StartError(`${file} isn't there (set SLIPSTREAM_DATA).`);
  const instruments = instrumentTable();
  const line: readonly LineRecord[] = await lineOfFile(file, provider, '10000', instruments);
  const orders = line.filter((record) => 'orderNo' in record).length;
  console.log(`${orders} provider orders among ${line.length} records of its line, one thread`);
  for (const mode of ['fixed_amount', 'proportional', 'multiplier', 'ratio_copy'] as const) {
    const settings = { ...defaultCopySettings, ...sizes, ...guards, mode };
    const run = (): number => simulateCopy(line, { settings, copyTotalAmt: '1000', instruments }).decisions.length;
    run();
    const before = process.cpuUsage();
    const startedMs = performance.now();
    let done = 0;
    while (performance.now() - startedMs < secondsPerMode * 1000) done += run();
    const { user, system } = process.cpuUsage(before);
    const perSecond = Math.round(done / ((performance.now() - startedMs) / 1000));
    const perCoreSecond = Math.round(done / ((user + system) / 1e6));
    console.log(`  ${mode.padEnd(13)} ${perSecond} orders/s, ${perCoreSecond} per second of CPU`);
  }
}
