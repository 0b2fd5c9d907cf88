const dayMs = 86_400_000;

/** The time of one journal partition, as far as it is read. */
export interface BookingClock {
  /** Latest of its MarketTicked, of whatever line, ms; null before the first. */
  readonly tickedAt: number | null;
  /** bookedAt of its last posting, ms; null before the first. */
  readonly bookedAt: number | null;
}

export const unstartedClock: BookingClock = { tickedAt: null, bookedAt: null };

/** UTC days since 1970. */
export const dayNumber = (at: number): number => Math.floor(at / dayMs);

/** First moment of a UTC day, ms. */
export const dayStart = (day: number): number => day * dayMs;

/** Postings before a partition's first tick belong to the day of that tick, whichever it will be. */
export const openingDay = -1;

/** The day to which postings of the partition belong now. It is closed by the first tick of a later day. */
export const openDay = ({ tickedAt }: BookingClock): number => (tickedAt === null ? openingDay : dayNumber(tickedAt));

/**
 * bookedAt of a posting, ms: max(occurredAt, the partition's last tick), ARCHITECTURE section 4. Besides it never goes back
 * within a partition, and never past the day that is open: so the postings of a day are a piece of the journal, and what a
 * day's root covers is what was booked until then.
 */
export function bookedAt({ tickedAt, bookedAt: before }: BookingClock, occurredAt: number): number {
  const at = Math.max(occurredAt, tickedAt ?? occurredAt, before ?? occurredAt);
  return tickedAt === null ? at : Math.min(at, dayStart(dayNumber(tickedAt) + 1) - 1);
}

/** The clock after a tick; ticks of other lines may lag behind, they don't set it back. */
export const afterTick = (clock: BookingClock, at: number): BookingClock =>
  clock.tickedAt !== null && at <= clock.tickedAt ? clock : { ...clock, tickedAt: at };
