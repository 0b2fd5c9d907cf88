import { Command, InvalidArgumentError, Option } from 'commander';
import type { CopySettings } from '@slipstream/contracts';

/**
 * Market time by wall time; `max`: as fast as the platform works; `step`: each step only when all that the one before led to
 * is done, so that no decision depends on how fast this machine is.
 */
export type Speed = number | 'max' | 'step';

/** What the feed is asked to do. */
export interface FeedArguments {
  /** Null: the demo market. */
  readonly fills: string | null;
  readonly strict: boolean;
  readonly startingCapital: string;
  readonly followers: number;
  /** Null: mixed. */
  readonly copyMode: CopySettings['mode'] | null;
  /** Market time by wall time. */
  readonly speed: Speed;
  readonly once: boolean;
  readonly seed: string;
  readonly stateFile: string;
}

/** Arguments that don't make sense; the message is the sentence to show. */
export class BadArguments extends Error {}

export const copyModes = ['fixed_amount', 'proportional', 'multiplier', 'ratio_copy'] as const;
const demoFollowers = 300;
const demoSpeed = 60;
const followersMax = 1_000_000;
const speedMax = 1_000_000;

/** @throws BadArguments */
export function parseArguments(argv: readonly string[]): FeedArguments {
  const command = new Command('feed')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: (help) => process.stderr.write(help) })
    .option('--fills <file>', 'fills to replay, CSV; without it the demo market')
    .option('--strict', 'stop at the first malformed line', false)
    .option('--starting-capital <amount>', 'of each provider of the file', startingCapital, '10000')
    .option('--followers <n>', 'in total, over all providers in turn', followers)
    .addOption(new Option('--copy-mode <mode>', 'all followers alike; without it mixed').choices(copyModes))
    .option('--speed <times>', 'market time by wall time, max, or step', speed)
    .option('--once', 'demo: 30 days, then end', false)
    .option('--seed <seed>', 'of the demo market and of mixed followers', '1')
    .requiredOption('--state <file>', 'keeps how far the feed has come');
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    throw new BadArguments((error as Error).message.replace(/^error: /, ''));
  }
  const options = command.opts<Options>();
  const fills = options.fills ?? null;
  if (fills === '') throw new BadArguments('--fills needs the path of a CSV file');
  return {
    fills,
    strict: options.strict,
    startingCapital: options.startingCapital,
    followers: options.followers ?? (fills === null ? demoFollowers : 0),
    copyMode: options.copyMode ?? null,
    speed: options.speed ?? (fills === null && !options.once ? demoSpeed : 'max'),
    once: options.once,
    seed: options.seed,
    stateFile: options.state,
  };
}

interface Options {
  readonly fills?: string;
  readonly strict: boolean;
  readonly startingCapital: string;
  readonly followers?: number;
  readonly copyMode?: CopySettings['mode'];
  readonly speed?: Speed;
  readonly once: boolean;
  readonly seed: string;
  readonly state: string;
}

function startingCapital(raw: string): string {
  if (!/^\d{1,12}(\.\d{1,8})?$/.test(raw) || Number(raw) <= 0) {
    throw new InvalidArgumentError('it must be an amount above zero such as 10000.');
  }
  return raw;
}

function followers(raw: string): number {
  if (!/^\d{1,7}$/.test(raw) || Number(raw) > followersMax) {
    throw new InvalidArgumentError(`it must be a whole number from 0 to ${followersMax}.`);
  }
  return Number(raw);
}

function speed(raw: string): Speed {
  if (raw === 'max' || raw === 'step') return raw;
  const times = Number(raw);
  if (!/^\d+(\.\d+)?$/.test(raw) || times <= 0 || times > speedMax) {
    throw new InvalidArgumentError(
      `it must be 'max', 'step' or how many times real time, above 0, at most ${speedMax}.`,
    );
  }
  return times;
}
