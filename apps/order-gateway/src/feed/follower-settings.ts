import type { CopySettings } from '@slipstream/contracts';
import { defaultCopySettings, decimal, text } from '@slipstream/domain';
import { copyModes } from './arguments.js';
import { Random } from './random.js';

/** What a follower puts in and how the copy is set up. */
export interface FollowerPlan {
  readonly deposit: string;
  readonly copyTotalAmt: string;
  readonly settings: CopySettings;
}

/** All followers alike: 1,000 of the wallet's 2,000 USDT, a tenth of a provider who starts with 10,000. */
export function uniformFollower(mode: CopySettings['mode']): FollowerPlan {
  const sizes = {
    fixed_amount: { copyAmt: '50' },
    proportional: {},
    multiplier: { multiplier: '1' },
    ratio_copy: { copyRatio: '0.1' },
  };
  return { deposit: '2000', copyTotalAmt: '1000', settings: { ...defaultCopySettings, mode, ...sizes[mode] } };
}

/**
 * A follower of a mixed crowd; the same seed and account give the same one, however many others there are.
 * @param capital starting capital of the provider, for the size of ratio_copy
 * @param instruments to choose from where the copy is limited to some
 */
export function mixedFollower(
  seed: string,
  accountId: string,
  capital: string,
  instruments: readonly string[],
): FollowerPlan {
  const random = new Random(`${seed}/${accountId}`);
  const total = random.pick([200, 500, 1_000, 2_500, 5_000, 10_000, 25_000]);
  const mode = random.pick(copyModes);
  const settings: CopySettings = {
    ...defaultCopySettings,
    ...size(random, mode, total, capital),
    ...limits(random),
    ...(random.chance(0.15) && instruments.length > 2 ? custom(random, instruments) : {}),
    ...(random.chance(0.2) ? { leverageMode: 'own' as const, leverage: random.pick(['3', '5', '20']) } : {}),
    ...protections(random, total),
  };
  return { deposit: String(total * random.pick([1, 2, 4])), copyTotalAmt: String(total), settings };
}

function size(
  random: Random,
  mode: CopySettings['mode'],
  total: number,
  capital: string,
): Pick<CopySettings, 'mode'> & Partial<CopySettings> {
  switch (mode) {
    case 'fixed_amount':
      return { mode, copyAmt: String(total / random.pick([50, 20, 10, 5])) };
    case 'proportional':
      return { mode };
    case 'multiplier':
      return { mode, multiplier: random.pick(['0.25', '0.5', '1.5', '2', '3']) };
    case 'ratio_copy': {
      // Never nothing, however large the provider is.
      const ratio = decimal(String(total)).div(decimal(capital)).round(4);
      return { mode, copyRatio: ratio.gt(decimal('0.0001')) ? text(ratio) : '0.0001' };
    }
  }
}

function limits(random: Random): Partial<CopySettings> {
  return {
    maxLoss: random.chance(0.3) ? random.pick(['0.1', '0.2', '0.3', '0.5']) : null,
    maxOpenTrades: random.chance(0.2) ? random.pick([1, 2, 3, 5]) : null,
    maxPerTrade: random.chance(0.2) ? random.pick(['0.1', '0.25', '0.5']) : null,
    overLimit: random.chance(0.3) ? 'skip' : 'shrink',
    allowPartial: !random.chance(0.3),
    subPosCloseType: random.chance(0.2) ? 'copy_close' : 'market_close',
  };
}

function protections(random: Random, total: number): Partial<CopySettings> {
  return {
    tpRatio: random.chance(0.15) ? random.pick(['0.05', '0.1', '0.25']) : null,
    slRatio: random.chance(0.2) ? random.pick(['0.03', '0.1', '0.2']) : null,
    slTotalAmt: random.chance(0.15) ? String(total / random.pick([2, 4])) : null,
    stopCopyOnClose: random.chance(0.05),
    marginMode: random.chance(0.2) ? random.pick(['cross', 'isolated']) : null,
  };
}

function custom(random: Random, instruments: readonly string[]): Partial<CopySettings> {
  const chosen = instruments.filter(() => random.chance(0.5));
  return { copyInstIdType: 'custom', instIds: chosen.length > 0 ? [...chosen].sort() : [random.pick(instruments)] };
}
