import { jest } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import {
  calmar,
  decimal,
  maxDrawdown,
  returnsOf,
  roi,
  sharpeRatio,
  sortino,
  volatility,
  type Decimal,
  type Returns,
} from '../../src/index.js';

jest.setTimeout(400_000);

const requirement = 'empyrical-reloaded==0.7.1';
const home = join(process.cwd(), 'node_modules/.cache/slipstream/empyrical-0.7.1');
const python = join(home, 'bin/python');
const hasPython = spawnSync('python3', ['-c', 'import venv, sys; sys.exit(sys.version_info < (3, 10))']).status === 0;
if (!hasPython) process.stdout.write('skipped: no python3 (3.10 or newer, with venv) to ask empyrical-reloaded\n');

/** A virtual environment with the library, made once. */
async function prepared(): Promise<void> {
  const run = promisify(execFile);
  const works = (): boolean => spawnSync(python, ['-c', 'import empyrical']).status === 0;
  if (existsSync(python) && works()) return;
  await run('python3', ['-m', 'venv', '--clear', home]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement]);
}

const metrics: Readonly<Record<string, (returns: Returns) => Decimal | null>> = {
  roi,
  maxDrawdown,
  sharpe: (returns) => sharpeRatio(returns),
  sortino: (returns) => sortino(returns),
  calmar: (returns) => calmar(returns),
  volatility: (returns) => volatility(returns),
};

function asked(series: readonly (readonly string[])[]): Record<string, number | null>[] {
  const input = JSON.stringify(series.map((returns) => returns.map(Number)));
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'metrics.py')], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, number | null>[];
}

/** Series of a day to three years: quiet and wild ones, with idle days, only winning or losing ones. */
const day = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -60_000, max: 65_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -900_000, max: 2_000_000 }) },
  { weight: 2, arbitrary: fc.constant(0) },
);
const wild = fc.array(day, { minLength: 1, maxLength: 1100, size: 'max' });
const short = fc.array(day, { minLength: 1, maxLength: 12 });
const winning = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 2, maxLength: 90 });
const series = fc
  .oneof(wild, short, winning)
  .map((days) =>
    days.map(
      (n) => (n < 0 ? '-' : '') + `${Math.floor(Math.abs(n) / 1e6)}.${String(Math.abs(n) % 1e6).padStart(6, '0')}`,
    ),
  );

(hasPython ? test : test.skip)(
  'metrics agree with empyrical-reloaded to 1e-9, and are null where it has no number',
  async () => {
    await prepared();
    const all = fc.sample(series, 400);
    const answers = asked(all);
    const differ: string[] = [];
    all.forEach((returns, index) => {
      const own = returnsOf(returns.map(decimal));
      for (const [name, metric] of Object.entries(metrics)) {
        const should = answers[index]?.[name] ?? null;
        const value = metric(own);
        const is = value === null ? null : Number(value);
        // Where the deviation is nothing but the rounding of floats, empyrical divides by that.
        const isNoise = name === 'sharpe' && is === null && Math.abs(should ?? 0) > 1e9;
        // What says nothing any more isn't told here.
        const isBeyond = name === 'calmar' && is === null && (should ?? 0) > 9.9e39;
        const agree =
          is === null || should === null
            ? is === should || isNoise || isBeyond
            : Math.abs(is - should) <= 1e-9 * Math.max(1, Math.abs(should));
        if (!agree) differ.push(`${name} of ${returns.length} days: ${is} here, ${should} there`);
      }
    });
    expect(differ).toEqual([]);
  },
);
