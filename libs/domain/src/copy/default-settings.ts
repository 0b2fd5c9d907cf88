import type { CopySettings } from '@slipstream/contracts';

/** A copy's settings where the follower says nothing: in proportion, no limits, orders may shrink, closed on a stop. */
export const defaultCopySettings: CopySettings = {
  mode: 'proportional',
  copyAmt: null,
  copyRatio: null,
  multiplier: null,
  copyInstIdType: 'copy',
  instIds: [],
  leverageMode: 'follow',
  leverage: null,
  maxLoss: null,
  slTotalAmt: null,
  tpRatio: null,
  slRatio: null,
  maxOpenTrades: null,
  maxPerTrade: null,
  maxHoldSize: null,
  overLimit: 'shrink',
  allowPartial: true,
  stopCopyOnClose: false,
  copyOpenPositions: false,
  subPosCloseType: 'market_close',
  marginMode: null,
};
