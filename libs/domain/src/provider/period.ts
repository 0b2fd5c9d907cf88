import type { RegisterProvider } from '@slipstream/contracts';

export type SettlementPeriod = RegisterProvider['settlementPeriod'];

const dayMs = 86_400_000;

/** Start of the settlement period after a moment: Monday 00:00 UTC, or the first of the month 00:00 UTC. */
export function nextPeriodStart(at: number, period: SettlementPeriod): number {
  const day = Math.floor(at / dayMs);
  if (period === 'monthly') return firstOfNextMonth(day) * dayMs;
  // Day 0 of 1970 was a Thursday.
  const sinceMonday = (day + 3) % 7;
  return (day - sinceMonday + 7) * dayMs;
}

/** Start of the settlement period that a moment lies in: the latest Monday or first of a month, 00:00 UTC, until it. */
export function periodStart(at: number, period: SettlementPeriod): number {
  const next = nextPeriodStart(at, period);
  // 32 days before the first of a month always lie in the month before it.
  return period === 'weekly' ? next - 7 * dayMs : nextPeriodStart(next - 32 * dayMs, 'monthly');
}

/**
 * Day number of the first of the month after a day, in the proleptic Gregorian calendar: eras of 400 years (146,097 days)
 * that begin in March, so that the leap day is the last of its year.
 */
function firstOfNextMonth(day: number): number {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // 0 is March, 11 is February.
  const month = Math.floor((5 * ofYear + 2) / 153);
  const next = month + 1;
  const nextOfYear = next === 12 ? daysInYear(yearOfEra) : Math.floor((153 * next + 2) / 5);
  return day - ofYear + nextOfYear;
}

/** Days of a year that begins in March; its last February belongs to the next calendar year. */
function daysInYear(yearOfEra: number): number {
  const year = yearOfEra + 1;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 366 : 365;
}
