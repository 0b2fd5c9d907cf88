import type { KillSwitchSet, ProviderOrder, SetKillSwitch } from '@slipstream/contracts';
import type { Policy } from '@slipstream/domain';
import { listed } from './profile.js';
import type { Providers } from './state.js';

/** What is switched off: opens stop, closes go on. */
export interface Halts {
  readonly platform: boolean;
  /** Sorted. */
  readonly providers: readonly string[];
  readonly instruments: readonly string[];
}

export const noHalts: Halts = { platform: false, providers: [], instruments: [] };

function isOn(halts: Halts, { scope, target }: Pick<SetKillSwitch, 'scope' | 'target'>): boolean {
  if (scope === 'platform') return halts.platform;
  return (scope === 'provider' ? halts.providers : halts.instruments).includes(target);
}

/** Sent to every partition, each of which says so once; a switch that stands so already says nothing. */
export function setKillSwitch(state: Providers, command: SetKillSwitch): KillSwitchSet[] {
  if (isOn(state.halts, command) === command.on) return [];
  return [{ ...command, type: 'KillSwitchSet' }];
}

export function killSwitchSet(state: Providers, { scope, target, on }: KillSwitchSet): void {
  const { halts } = state;
  if (scope === 'platform') state.halts = { ...halts, platform: on };
  else if (scope === 'provider') state.halts = { ...halts, providers: listed(halts.providers, target, on) };
  else state.halts = { ...halts, instruments: listed(halts.instruments, target, on) };
}

/** Why nobody may open the instrument by the provider now. */
export function blockedFor(state: Providers, providerId: string, policy: Policy) {
  const { halts } = state;
  const profile = state.profile(providerId);
  return (instrument: string): ProviderOrder['blocked'] => {
    const blocked: ProviderOrder['blocked'][number][] = [];
    if (halts.platform || halts.providers.includes(providerId) || halts.instruments.includes(instrument))
      blocked.push('kill_switch');
    if (policy.blockedInstruments.includes(instrument)) blocked.push('instrument_blocked');
    if (policy.illiquidInstruments.includes(instrument)) blocked.push('instrument_illiquid');
    if (profile?.blocked || profile?.retired) blocked.push('provider_blocked');
    return blocked;
  };
}
