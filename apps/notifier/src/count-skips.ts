import type { CopiesDecided, CopySkipped, MarketTicked } from '@slipstream/contracts';
import type { Carried } from './carried.js';
import type { Notice } from './notification.js';

/** Skips of one copy in the open window of its line. */
interface Skips {
  readonly accountId: string;
  readonly providerId: string;
  readonly reasons: Readonly<Partial<Record<CopySkipped['reason'], number>>>;
}

/** Start of the open window of a line, milliseconds. */
interface Window {
  readonly start: number;
}

const windows = 'window';
const skipsOf = (line: number): string => `skips/${line}`;
const startOf = (at: number, windowMs: number): number => at - (((at % windowMs) + windowMs) % windowMs);

/**
 * Adds the skips of an order to the open window of its line. Only the market clock moves a window on, so that neither a late
 * order opens a closed one, nor one that claims to be of next year keeps one open: one window per line, one entry per copy.
 */
export function countSkips(carried: Carried, event: CopiesDecided, windowMs: number): void {
  const { line, order, skipped, missed } = event;
  if (skipped.length + missed.length === 0) return;
  if (carried.get<Window>(windows, String(line)) === undefined)
    carried.set(windows, String(line), { start: startOf(order.occurredAt, windowMs) });
  const add = (accountId: string, copyId: string, reason: CopySkipped['reason']): void => {
    const reasons = carried.get<Skips>(skipsOf(line), copyId)?.reasons ?? {};
    const counted = { ...reasons, [reason]: (reasons[reason] ?? 0) + 1 };
    carried.set(skipsOf(line), copyId, { accountId, providerId: order.providerId, reasons: counted });
  };
  for (const { accountId, copyId } of missed) add(accountId, copyId, 'record_unreadable');
  for (const { accountId, copyId, reason } of skipped) add(accountId, copyId, reason);
}

/**
 * A tick of a line: beyond the open window it closes it, and each copy with skips is told of them once.
 * @param windowMs a divisor of a day, so that windows begin at UTC midnight
 */
export function closeWindow(carried: Carried, event: MarketTicked, windowMs: number): Notice[] {
  const line = event.line ?? 0;
  const start = startOf(event.at, windowMs);
  const open = carried.get<Window>(windows, String(line))?.start;
  if (start === open) return [];
  carried.set(windows, String(line), { start });
  // Before the first tick the window was an order's guess; the clock knows better.
  if (open === undefined || start < open) return [];
  const until = open + windowMs;
  const notices = carried
    .entries<Skips>(skipsOf(line))
    .map(([copyId, skips]) => digest(copyId, skips, { from: open, until }));
  carried.clear(skipsOf(line));
  return notices;
}

function digest(copyId: string, skips: Skips, window: { readonly from: number; readonly until: number }): Notice {
  const { accountId, providerId } = skips;
  const reasons = Object.fromEntries(Object.entries(skips.reasons).sort(([a], [b]) => (a < b ? -1 : 1)));
  const skipped = Object.values(reasons).reduce((sum, count) => sum + count, 0);
  return {
    recipient: `account/${accountId}`,
    occurredAt: window.until,
    facts: { type: 'orders_skipped', copyId, providerId, ...window, skipped, reasons },
  };
}
