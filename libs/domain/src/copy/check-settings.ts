import type { CopySettings } from '@slipstream/contracts';
import { decimal, one, text, type Decimal } from '../money.js';
import type { Policy } from '../policy.js';
import { positive } from './terms.js';

/** Why settings are refused. */
export type SettingsRefusal =
  | 'mode_unknown'
  | 'mode_field_missing'
  | 'value_unknown'
  | 'value_out_of_range'
  | 'instruments_missing'
  | 'leverage_invalid'
  | 'max_loss_invalid'
  | 'limit_invalid';

interface Refused {
  readonly reason: SettingsRefusal;
  readonly detail: string;
}

const modeField = { fixed_amount: 'copyAmt', multiplier: 'multiplier', ratio_copy: 'copyRatio' } as const;

/** Words a field may hold: a record from elsewhere can hold any. */
const words: { readonly [K in keyof CopySettings]?: readonly CopySettings[K][] } = {
  copyInstIdType: ['copy', 'custom'],
  leverageMode: ['follow', 'own'],
  marginMode: ['cross', 'isolated', null],
  overLimit: ['shrink', 'skip'],
  subPosCloseType: ['market_close', 'copy_close', 'manual_close'],
};

/** Checks the settings of a copy against what is possible and the platform's limits; null when they are good. */
export function settingsRefusal(settings: CopySettings, policy: Policy): Refused | null {
  return refusedMode(settings, policy) ?? refusedWord(settings) ?? refusedGuard(settings, policy);
}

const range = (field: string, most: Decimal): Refused => ({
  reason: 'value_out_of_range',
  detail: `${field} must be above 0, at most ${text(most)}.`,
});

/** Above zero and at most so much. */
function isWithin(value: string | null, most: Decimal): boolean {
  const parsed = positive(value);
  return parsed !== null && parsed.lte(most);
}

function refusedMode(settings: CopySettings, policy: Policy): Refused | null {
  const { mode } = settings;
  if (mode === 'proportional') return null;
  const field = modeField[mode] as (typeof modeField)[keyof typeof modeField] | undefined;
  if (!field) return { reason: 'mode_unknown', detail: `Mode ${String(mode)} is unknown.` };
  if (!positive(settings[field]))
    return { reason: 'mode_field_missing', detail: `Mode ${mode} needs ${field} above zero.` };
  const most = { copyAmt: policy.copyAmountMax, multiplier: policy.multiplierMax, copyRatio: policy.copyRatioMax };
  return isWithin(settings[field], most[field]) ? null : range(field, most[field]);
}

function refusedWord(settings: CopySettings): Refused | null {
  for (const [field, known] of Object.entries(words) as [keyof CopySettings, readonly unknown[]][]) {
    if (!known.includes(settings[field]))
      return { reason: 'value_unknown', detail: `${field} ${String(settings[field])} is unknown.` };
  }
  return null;
}

function refusedGuard(settings: CopySettings, policy: Policy): Refused | null {
  if (settings.copyInstIdType === 'custom' && settings.instIds.length === 0)
    return { reason: 'instruments_missing', detail: 'copyInstIdType custom needs at least one of instIds.' };
  if (settings.leverageMode === 'own') {
    const leverage = positive(settings.leverage);
    if (!leverage || leverage.lt(one) || leverage.gt(policy.leverageMax)) {
      const detail = `leverageMode own needs leverage from 1 to ${text(policy.leverageMax)}.`;
      return { reason: 'leverage_invalid', detail };
    }
  }
  if (settings.maxLoss !== null && !isWithin(settings.maxLoss, one))
    return { reason: 'max_loss_invalid', detail: 'maxLoss is a fraction above 0, at most 1.' };
  const limits = { maxPerTrade: policy.leverageMax, maxHoldSize: wholeMarket, slTotalAmt: policy.copyAmountMax };
  for (const [field, most] of Object.entries(limits) as [keyof typeof limits, Decimal][]) {
    if (settings[field] !== null && !isWithin(settings[field], most))
      return { reason: 'limit_invalid', detail: `${field} must be above 0, at most ${text(most)}.` };
  }
  if (settings.maxOpenTrades !== null && settings.maxOpenTrades < 1)
    return { reason: 'limit_invalid', detail: 'maxOpenTrades must be at least 1.' };
  const ratios = { tpRatio: policy.tpRatioMax, slRatio: one };
  for (const [field, most] of Object.entries(ratios) as [keyof typeof ratios, Decimal][]) {
    if (settings[field] !== null && !isWithin(settings[field], most)) return range(field, most);
  }
  return null;
}

/** No copy holds more than this in one instrument. */
const wholeMarket = decimal('1000000000000');
