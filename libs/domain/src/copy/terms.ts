import type { CopySettings } from '@slipstream/contracts';
import { decimal, zero, type Decimal } from '../money.js';
import { noCare, type PositionCare } from './copy.js';

/** What a copy was started with, with its numbers as decimals; changes seldom, so it is saved apart from the rest. */
export interface CopyTerms {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** The money put in, added to and taken out; caps the margin in use. */
  readonly copyTotalAmt: Decimal;
  /** Of the follower; empty where unknown. */
  readonly country: string;
  readonly settings: CopySettings;
  readonly mode: CopySettings['mode'];
  /** 0 where the mode doesn't use it. */
  readonly copyAmt: Decimal;
  readonly copyRatio: Decimal;
  readonly multiplier: Decimal;
  /** null: as the provider. */
  readonly leverage: Decimal | null;
  readonly maxLoss: Decimal | null;
  /** Loss in money since the start or the last change of funds. */
  readonly slTotalAmt: Decimal | null;
  readonly maxPerTrade: Decimal | null;
  readonly maxHoldSize: Decimal | null;
}

const plainNumber = /^-?\d{1,18}(\.\d{1,18})?$/;

/** A decimal of at most 18 whole digits and 18 decimals above zero, or null. */
export function positive(value: string | null): Decimal | null {
  if (value === null || !plainNumber.test(value)) return null;
  const parsed = decimal(value);
  return parsed.gt(zero) ? parsed : null;
}

/** Terms from settings that were found good. */
export function copyTerms(
  copy: Pick<CopyTerms, 'accountId' | 'copyId' | 'providerId' | 'copyTotalAmt' | 'country'>,
  settings: CopySettings,
): CopyTerms {
  const optional = (value: string | null): Decimal | null => (value === null ? null : decimal(value));
  return {
    accountId: copy.accountId,
    copyId: copy.copyId,
    providerId: copy.providerId,
    copyTotalAmt: copy.copyTotalAmt,
    country: copy.country,
    settings,
    mode: settings.mode,
    copyAmt: optional(settings.copyAmt) ?? zero,
    copyRatio: optional(settings.copyRatio) ?? zero,
    multiplier: optional(settings.multiplier) ?? zero,
    leverage: settings.leverageMode === 'own' ? optional(settings.leverage) : null,
    maxLoss: optional(settings.maxLoss),
    slTotalAmt: optional(settings.slTotalAmt),
    maxPerTrade: optional(settings.maxPerTrade),
    maxHoldSize: optional(settings.maxHoldSize),
  };
}

/** Terms as they were saved. */
export function reviveTerms(json: unknown): CopyTerms {
  const saved = json as { [K in keyof CopyTerms]: CopyTerms[K] extends Decimal ? string : CopyTerms[K] };
  // What an earlier version didn't know has its default.
  const { country = '', settings } = saved as Partial<typeof saved> & typeof saved;
  const marginMode = (settings.marginMode as CopySettings['marginMode'] | undefined) ?? null;
  return copyTerms({ ...saved, country, copyTotalAmt: decimal(saved.copyTotalAmt) }, { ...settings, marginMode });
}

type Cares = Record<PositionCare['marginMode'], PositionCare>;
const cares = new WeakMap<CopyTerms, Cares>();

/** How a position that is opened now is guarded: its own margin mode or the provider's, cross where nothing is known. */
export function careOf(terms: CopyTerms, marginMode: PositionCare['marginMode'] | null): PositionCare {
  let known = cares.get(terms);
  if (!known) {
    const ratio = (value: string | null): Decimal | null => (value === null ? null : decimal(value));
    const care = { ...noCare, tpRatio: ratio(terms.settings.tpRatio), slRatio: ratio(terms.settings.slRatio) };
    cares.set(terms, (known = { cross: care, isolated: { ...care, marginMode: 'isolated' } }));
  }
  return known[terms.settings.marginMode ?? marginMode ?? 'cross'];
}
