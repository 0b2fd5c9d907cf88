import type { Headers } from './log.js';

/** Names of the headers; everything of the envelope is there, so that values can be compared byte for byte. */
export const header = {
  /** Journal: offset of the inbox record. */
  cause: 'cause',
  /** Journal: the source of that inbox record, where it has one. */
  causeSource: 'csrc',
  /** Journal: the offset its writer expects it to get; it counts only there. */
  at: 'at',
  /** Journal: version of the code and configuration that decided. */
  rules: 'rules',
  /** Command: which log record it follows from. */
  source: 'source',
  correlationId: 'corr',
  /** Wall clock, milliseconds, when the input that led here was received. */
  receivedAt: 't0',
} as const;

export function headerText(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  if (value === undefined || value === null) return undefined;
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined ? undefined : typeof one === 'string' ? one : one.toString('utf8');
}

/** A whole number ≥ 0, or null. */
export function headerNumber(headers: Headers, name: string): number | null {
  const text = headerText(headers, name);
  if (text === undefined || !/^\d{1,16}$/.test(text)) return null;
  return Number(text);
}

/** A journal record counts only if it lies at its `at`, for every reader, for ever. */
export const counts = (offset: number, headers: Headers): boolean => headerNumber(headers, header.at) === offset;
