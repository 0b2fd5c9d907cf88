import type { CopySettings } from '@slipstream/contracts';
import { decimal, one, zero, type Decimal } from '../money.js';

/** What a copy was started with, with its numbers as decimals; changes seldom, so it is saved apart from the rest. */
export interface CopyTerms {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** The money put in. */
  readonly copyTotalAmt: Decimal;
  readonly settings: CopySettings;
  readonly mode: CopySettings['mode'];
  /** 0 where the mode doesn't use it. */
  readonly copyAmt: Decimal;
  readonly copyRatio: Decimal;
  readonly multiplier: Decimal;
  /** null: as the provider. */
  readonly leverage: Decimal | null;
  readonly maxLoss: Decimal | null;
  readonly maxPerTrade: Decimal | null;
  readonly maxHoldSize: Decimal | null;
}

/** Why settings are refused. */
export type SettingsRefusal =
  | 'mode_unknown'
  | 'mode_field_missing'
  | 'instruments_missing'
  | 'leverage_invalid'
  | 'max_loss_invalid'
  | 'limit_invalid';

const plainNumber = /^-?\d{1,18}(\.\d{1,18})?$/;

/** A decimal of at most 18 whole digits and 18 decimals above zero, or null. */
export function positive(value: string | null): Decimal | null {
  if (value === null || !plainNumber.test(value)) return null;
  const parsed = decimal(value);
  return parsed.gt(zero) ? parsed : null;
}

const modeField = { fixed_amount: 'copyAmt', multiplier: 'multiplier', ratio_copy: 'copyRatio' } as const;

/** Checks the settings of a copy; null when they are good. */
export function settingsRefusal(settings: CopySettings): { reason: SettingsRefusal; detail: string } | null {
  const { mode } = settings;
  if (mode !== 'proportional') {
    const field = modeField[mode] as (typeof modeField)[keyof typeof modeField] | undefined;
    if (!field) return { reason: 'mode_unknown', detail: `Mode ${String(mode)} is unknown.` };
    if (!positive(settings[field]))
      return { reason: 'mode_field_missing', detail: `Mode ${mode} needs ${field} above zero.` };
  }
  if (settings.copyInstIdType === 'custom' && settings.instIds.length === 0)
    return { reason: 'instruments_missing', detail: 'copyInstIdType custom needs at least one of instIds.' };
  if (settings.leverageMode === 'own' && !positive(settings.leverage))
    return { reason: 'leverage_invalid', detail: 'leverageMode own needs leverage above zero.' };
  const maxLoss = positive(settings.maxLoss);
  if (settings.maxLoss !== null && (!maxLoss || maxLoss.gt(one)))
    return { reason: 'max_loss_invalid', detail: 'maxLoss is a fraction above 0, at most 1.' };
  for (const field of ['maxPerTrade', 'maxHoldSize'] as const) {
    if (settings[field] !== null && !positive(settings[field]))
      return { reason: 'limit_invalid', detail: `${field} must be above zero.` };
  }
  return null;
}

/** Terms from settings that were found good. */
export function copyTerms(
  copy: Pick<CopyTerms, 'accountId' | 'copyId' | 'providerId' | 'copyTotalAmt'>,
  settings: CopySettings,
): CopyTerms {
  const optional = (value: string | null): Decimal | null => (value === null ? null : decimal(value));
  return {
    accountId: copy.accountId,
    copyId: copy.copyId,
    providerId: copy.providerId,
    copyTotalAmt: copy.copyTotalAmt,
    settings,
    mode: settings.mode,
    copyAmt: optional(settings.copyAmt) ?? zero,
    copyRatio: optional(settings.copyRatio) ?? zero,
    multiplier: optional(settings.multiplier) ?? zero,
    leverage: settings.leverageMode === 'own' ? optional(settings.leverage) : null,
    maxLoss: optional(settings.maxLoss),
    maxPerTrade: optional(settings.maxPerTrade),
    maxHoldSize: optional(settings.maxHoldSize),
  };
}

/** Terms as they were saved. */
export function reviveTerms(json: unknown): CopyTerms {
  const saved = json as { [K in keyof CopyTerms]: CopyTerms[K] extends Decimal ? string : CopyTerms[K] };
  return copyTerms({ ...saved, copyTotalAmt: decimal(saved.copyTotalAmt) }, saved.settings);
}
