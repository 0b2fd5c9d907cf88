import { Command, InvalidArgumentError, Option } from 'commander';
import { StartError } from '../embedded/common.ts';

/** Options of `npm start`; null = not given. Scripts rely on their names. */
export interface StartOptions {
  readonly fills: string | null;
  readonly followers: number | null;
  readonly copyMode: string | null;
  readonly startingCapital: string | null;
  readonly speed: string | null;
  readonly strict: boolean;
  readonly fresh: boolean;
  readonly once: boolean;
  readonly report: string | null;
  readonly dataDir: string;
  readonly port: number;
}

const copyModes = ['fixed_amount', 'proportional', 'multiplier', 'ratio_copy'];
const followersMax = 1_000_000;
const speedMax = 1_000_000;

/**
 * Reads the options of `npm start -- …`.
 * @throws StartError naming the option that is wrong and what it takes
 * @returns null when only help was asked for (and printed)
 */
export function parseOptions(
  argv: readonly string[],
  print: (text: string) => void = console.log,
): StartOptions | null {
  const command = new Command('npm start --')
    .description('The whole platform: simulated market or real fills in, every copy out. Paper money only.')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => undefined })
    .allowExcessArguments(false)
    .option(
      '--fills <file>',
      'replay these fills (13-column CSV) instead of the demo market',
      path('the path of a CSV file'),
    )
    .option('--followers <n>', 'how many, spread round-robin over the providers', wholeNumber(followersMax))
    .addOption(new Option('--copy-mode <mode>', 'all followers alike, without maxLoss; else mixed').choices(copyModes))
    .option('--starting-capital <amount>', 'of each provider of the file (default: 10000)', amount)
    .option('--speed <times>', 'max, how many times real time, or step: each order when all is done', speed)
    .option('--strict', 'stop at the first malformed line of the fills', false)
    .option('--fresh', 'empty the data folder first', false)
    .option('--once', 'stop when everything is processed, print the leaderboard', false)
    .option('--report <file>', 'write the report (JSON) at the end', path('the path of a JSON file'))
    .option('--data-dir <folder>', 'where everything is kept', path('the path of a folder'), '.slipstream')
    .option(
      '--port <n>',
      'of the HTTP API; ledger and feeds have the next two; 0 = any free ports',
      wholeNumber(65_535),
      3000,
    );
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if ((error as { code?: string }).code === 'commander.helpDisplayed') return null;
    const message = (error as Error).message.replace(/^error: /, '').replace(/\n/g, ' ');
    throw new StartError(`${message} — npm start -- --help lists the options.`);
  }
  return withNulls(command.opts());
}

function withNulls(options: Partial<StartOptions>): StartOptions {
  const { fills, followers, copyMode, startingCapital, speed, report } = options;
  return {
    fills: fills ?? null,
    followers: followers ?? null,
    copyMode: copyMode ?? null,
    startingCapital: startingCapital ?? null,
    speed: speed ?? null,
    report: report ?? null,
    strict: options.strict === true,
    fresh: options.fresh === true,
    once: options.once === true,
    dataDir: options.dataDir ?? '.slipstream',
    port: options.port ?? 3000,
  };
}

const wholeNumber = (most: number) => (raw: string) => {
  if (!/^\d{1,7}$/.test(raw) || Number(raw) > most)
    throw new InvalidArgumentError(`It takes a whole number from 0 to ${most}.`);
  return Number(raw);
};

const path = (what: string) => (raw: string) => {
  if (raw.trim() === '' || raw.startsWith('--')) throw new InvalidArgumentError(`It takes ${what}.`);
  return raw;
};

function amount(raw: string): string {
  if (!/^\d{1,12}(\.\d{1,8})?$/.test(raw) || !/[1-9]/.test(raw))
    throw new InvalidArgumentError('It takes an amount above zero such as 10000.');
  return raw;
}

function speed(raw: string): string {
  const isTimes = /^\d+(\.\d+)?$/.test(raw) && Number(raw) > 0 && Number(raw) <= speedMax;
  if (raw !== 'max' && raw !== 'step' && !isTimes)
    throw new InvalidArgumentError(`It takes max, step, or how many times real time (above 0, at most ${speedMax}).`);
  return raw;
}
