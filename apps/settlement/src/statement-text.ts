import type { ClientBase } from 'pg';
import { csvLine } from './csv.js';
import { markBefore, readStatement, type Mark, type StatementLine, type StatementOf } from './statement.js';

/** A moment on the wire. */
export const momentText = (ms: number): string => new Date(ms).toISOString();

/** A mark as the cursor of a page; opaque for who gets it. */
export const cursorText = ({ bookedAt, partition, offset, leg }: Mark): string =>
  Buffer.from(JSON.stringify([bookedAt, partition, offset, leg])).toString('base64url');

/** @returns null when the text is no cursor of ours */
export function cursorMark(cursor: string): Mark | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parsed) || parsed.length !== 4 || !parsed.every(Number.isSafeInteger)) return null;
    const [bookedAt = 0, partition = 0, offset = 0, leg = 0] = parsed as number[];
    const isInside = [partition, leg].every((value) => Math.abs(value) < 2 ** 31);
    return isInside ? { bookedAt, partition, offset, leg } : null;
  } catch {
    return null;
  }
}

const header = csvLine([
  ...['time', 'kind', 'counter_account', 'amount', 'balance', 'asset'],
  ...['topic', 'partition', 'offset', 'leg', 'entry', 'chain_balance', 'hash'],
]);

const linesPerRead = 1000;

/**
 * A whole statement as CSV, read as fast as it is taken: the opening balance, a line per posting, the closing balance.
 * @param client in a transaction with one snapshot
 * @param to the end of the period as it is shown; null: empty
 */
export async function* statementCsv(
  client: ClientBase,
  of: StatementOf,
  after: Mark,
  to: string | null,
): AsyncGenerator<string> {
  const balanceLine = (kind: string, time: string, balance: string): string =>
    csvLine([time, kind, '', '', balance, of.asset, '', '', '', '', '', '', '']);
  yield header;
  let opened = false;
  for (let mark: Mark | null = after; mark !== null;) {
    const page = await readStatement(client, of, mark, linesPerRead);
    if (page === undefined) return;
    const from = mark.partition < 0 ? momentText(of.from) : momentText(mark.bookedAt);
    const opening = opened ? '' : balanceLine('opening_balance', from, page.opening);
    opened = true;
    mark = page.next;
    const closing = mark === null ? balanceLine('closing_balance', to ?? '', page.closing) : '';
    yield opening + page.lines.map((line) => postingLine(line, of.asset)).join('') + closing;
  }
}

function postingLine(
  { time, kind, counterAccount, amount, balance, event, chain }: StatementLine,
  asset: string,
): string {
  const { topic, partition, offset, leg } = event;
  return csvLine([
    ...[momentText(time), kind, counterAccount, amount, balance, asset],
    ...[topic, partition, offset, leg, chain.entry, chain.balance, chain.hash],
  ]);
}

/** The whole period, from its start or from a cursor on. */
export const startOf = ({ from }: StatementOf, cursor: Mark | null): Mark => cursor ?? markBefore(from);
