import type { CopySettings } from '@slipstream/contracts';
import {
  decimal,
  defaultCopySettings,
  defaultPolicy,
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
  const line = await lineOfFile(question.fills, provider, capital, instruments);
  const what = simulateCopy(line, { settings, copyTotalAmt: total, instruments, policy });
  console.log(question.json ? JSON.stringify(what, null, 2) : told(what, line, question));
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
    ['fees', `${what.fees} USDT`],
    ['stopped', what.stopped ?? 'no'],
  ];
  const skips = Object.entries(what.skips).sort(([, a], [, b]) => b - a);
  for (const [reason, count] of skips) rows.push([`skipped ${reason}`, String(count)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const text = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
  return `${text}\n\n  Past results don't guarantee future results.`;
}
