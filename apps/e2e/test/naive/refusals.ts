import type { AnyRecord } from '@slipstream/contracts';
import { held, type NaiveCopy, type Traded } from './naive-copy.js';
import { whole, zero, type Num } from './numbers.js';

type Of<T extends AnyRecord['type']> = AnyRecord & { readonly type: T };
/** What a follower can ask. */
export type Request = Of<
  | 'StartCopying'
  | 'ChangeCopySettings'
  | 'PauseCopying'
  | 'ResumeCopying'
  | 'AddCopyFunds'
  | 'TakeOutCopyFunds'
  | 'StopCopying'
  | 'ClosePosition'
  | 'ProtectPosition'
>;
/** A refusal says why in a sentence too. */
export function refused({ type, requestId, accountId }: Request, reason: string): AnyRecord[] {
  const detail = expect.stringMatching(/^[A-Z].+\.$/) as string;
  return [{ type: 'CommandRefused', command: type, id: requestId, accountId, reason, detail }];
}

/** Why a request for a copy isn't granted, or null. */
export function refusalOf(
  copy: NaiveCopy,
  command: Request,
  { wallet, free, equity }: { readonly wallet: Num; readonly free: Num; readonly equity: Num },
  instruments: (id: string) => Traded,
): string | null {
  const { status, leads } = copy;
  const runs = status === 'active' || status === 'paused';
  switch (command.type) {
    case 'ResumeCopying':
      return status === 'paused' ? null : 'copy_not_paused';
    case 'PauseCopying':
      return status === 'active' ? null : 'copy_not_active';
    case 'ChangeCopySettings':
      return runs ? null : 'copy_not_active';
    case 'AddCopyFunds':
      if (!runs) return 'copy_not_active';
      return wallet.lt(command.amount) ? 'wallet_insufficient' : null;
    case 'TakeOutCopyFunds': {
      if (!runs) return 'copy_not_active';
      if (free.lt(command.amount)) return 'funds_in_use';
      return equity.minus(command.amount).lt(50) ? 'amount_out_of_range' : null;
    }
    case 'StopCopying': {
      const quicker = command.subPosCloseType === 'market_close' && copy.stop !== 'market_close';
      return runs || status === 'starting' || (status === 'stopping' && quicker) ? null : 'copy_not_active';
    }
    case 'ClosePosition':
    case 'ProtectPosition': {
      if (!runs && status !== 'stopping') return 'copy_not_active';
      const lead = leads.find(({ id }) => id === command.leadPositionId);
      const has = lead ? held(copy, lead).abs() : zero;
      if (!lead || has.eq(0)) return 'position_unknown';
      const { lot } = instruments(lead.instrument);
      const tooLittle = command.type === 'ClosePosition' && whole(has.times(command.fraction), lot).eq(0);
      return tooLittle ? 'fraction_invalid' : null;
    }
    case 'StartCopying':
      return null;
  }
}
