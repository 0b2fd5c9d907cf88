import type { CopySettings } from '@slipstream/contracts';
import {
  decimal,
  defaultCopySettings,
  defaultPolicy,
  one,
  text,
  zero,
  instrumentTable,
  parseInstruments,
  parsePolicy,
  positive,
  settingsRefusal,
  simulateCopy,
  type LineRecord,
  type SimulatedCopy,
} from '@slipstream/domain';
import { readConfiguredFile } from '@slipstream/streams';
import { lineOfFile } from './line-of-file.ts';

/** What is asked. */
export interface Question {
  readonly fills: string;
  readonly provider: string;
  readonly settings: string;
  readonly total: string;
  readonly capital: string;
  /** Fraction of new profit that the provider takes, and how often it is settled. */
  readonly share: string;
  readonly period: 'weekly' | 'monthly';
  readonly json?: true;
}

/**
 * Answers on stdout. Instruments and policy as INSTRUMENTS_FILE and POLICY_FILE name them.
 * @throws Error whose message says what is wrong
 */
export async function whatIf(question: Question): Promise<void> {
  const { provider, total, capital } = question;
  const instruments = readConfiguredFile(process.env, 'INSTRUMENTS_FILE', parseInstruments) ?? instrumentTable();
  const policy = readConfiguredFile(process.env, 'POLICY_FILE', parsePolicy) ?? defaultPolicy;
  for (const [name, amount] of Object.entries({ total, capital }))
    if (!positive(amount)) throw new Error(`--${name} ${amount} is no amount above zero.`);
  const settings = settingsFrom(question.settings);
  const wrong = settingsRefusal(settings, policy);
  if (wrong) throw new Error(`--settings: ${wrong.detail} (${wrong.reason})`);
  const terms = { profitShareRatio: shareFrom(question.share), settlementPeriod: question.period };
  const line = await lineOfFile(question.fills, provider, capital, instruments);
  const fees = { providerId: provider, terms, startedAt: startOf(line) };
  const what = simulateCopy(line, { settings, copyTotalAmt: total, instruments, policy, fees });
  console.log(question.json ? JSON.stringify(what, null, 2) : told(what, line, question));
}

function shareFrom(given: string): string {
  const ratio = given === '0' ? zero : positive(given);
  if (!ratio || ratio.gt(one)) throw new Error(`--share ${given} is no fraction between 0 and 1.`);
  return text(ratio);
}

/** ms */
function startOf([first]: readonly LineRecord[]): number {
  if (first === undefined) return 0;
  return 'orderNo' in first ? first.occurredAt : first.at;
}

function settingsFrom(json: string): CopySettings {
  const given = parsed(json);
  const unknown = Object.keys(given).find((field) => !(field in defaultCopySettings));
  if (unknown !== undefined) throw new Error(`--settings: ${unknown} is no setting of a copy.`);
  return { ...defaultCopySettings, ...given };
}

function parsed(json: string): Partial<CopySettings> {
  try {
    const given: unknown = JSON.parse(json);
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  } catch {
    // Told below.
  }
  throw new Error('--settings is no JSON object.');
}

/** The answer as a person reads it. */
function told(what: SimulatedCopy, line: readonly LineRecord[], { provider, total }: Question): string {
  const orders = line.filter((record) => 'orderNo' in record).length;
  const placed = what.decisions.filter((decision) => decision.placed).length;
  const gain = decimal(what.equity).minus(decimal(total)).div(decimal(total)).times(decimal('100')).round(2);
  const rows: [string, string][] = [
    ['provider', provider],
    ['provider orders', `${orders}, ${placed} copied`],
    ['orders of its own', String(what.ownOrders.length)],
    ['put in', `${total} USDT`],
    ['worth at the end', `${what.equity} USDT (${gain.toString()} %)`],
    ['realised', `${what.realisedPnl} USDT before fees`],
    ['fees', `${what.fees} USDT, commission ${what.commission} USDT`],
    ['profit share', `${what.profitShare} USDT in ${what.settlements.length} settlements`],
    ['stopped', what.stopped ?? 'no'],
  ];
  const skips = Object.entries(what.skips).sort(([, a], [, b]) => b - a);
  for (const [reason, count] of skips) rows.push([`skipped ${reason}`, String(count)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
  return `${lines}\n\n  Past results don't guarantee future results.`;
}
