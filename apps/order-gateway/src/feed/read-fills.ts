import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { columns, MalformedLine, parseFill, type FileFill } from './parse-fill.js';

/** A line that was left out. */
export interface Malformed {
  readonly line: number;
  readonly reason: string;
  /** The line as it stands in the file, cut */
  readonly text: string;
}

export type FileLine = { readonly fill: FileFill } | { readonly malformed: Malformed };

/** The file as a whole can't be read; the message says what to do. */
export class UnreadableFile extends Error {}

const textCharactersMax = 200;
const lineBytesMax = 64 * 1024;

/**
 * The lines of a fills file in their order, one at a time: a file of any size needs the memory of a few lines.
 * A malformed line is left out whole and changes nothing for the lines after it.
 * @throws UnreadableFile when the file is missing, unreadable, empty or has another header
 */
export async function* readFills(path: string): AsyncGenerator<FileLine> {
  // A record is a line: with quotes on, one stray quote would swallow the rest of the file.
  const parser = parse({
    bom: true,
    quote: null,
    trim: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n'],
    max_record_size: lineBytesMax,
  });
  const reading = pipeline(createReadStream(path), parser);
  reading.catch(() => undefined);
  const lastSequences = new Map<string, number>();
  let header = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const row = record.map(unquoted);
      if (header) checkHeader(path, row);
      else yield readLine(row, info.lines, lastSequences);
      header = false;
    }
    await reading;
  } catch (error) {
    throw unreadable(path, error);
  }
  if (header) throw new UnreadableFile(`The fills file ${path} is empty: expected the header ${columns.join(',')}.`);
}

function readLine(row: readonly string[], line: number, lastSequences: Map<string, number>): FileLine {
  try {
    const fill = parseFill(row, line);
    const last = lastSequences.get(fill.providerId);
    const sequence = fill.fill.sequence;
    if (last !== undefined && sequence <= last) {
      throw new MalformedLine(
        sequence === last ? `seq ${sequence} is repeated` : `seq ${sequence} is out of order, it comes after ${last}`,
      );
    }
    lastSequences.set(fill.providerId, sequence);
    return { fill };
  } catch (error) {
    if (!(error instanceof MalformedLine)) throw error;
    return { malformed: { line, reason: error.message, text: row.join(',').slice(0, textCharactersMax) } };
  }
}

function checkHeader(path: string, row: readonly string[]): void {
  if (row.length === columns.length && row.every((cell, i) => cell.toLowerCase() === columns[i])) return;
  const found = row.join(',').slice(0, textCharactersMax);
  throw new UnreadableFile(
    `The fills file ${path} has another header than expected: '${found}' instead of '${columns.join(',')}'.`,
  );
}

const unquoted = (cell: string): string =>
  cell.length >= 2 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell;

function unreadable(path: string, error: unknown): Error {
  if (error instanceof UnreadableFile) return error;
  if (error instanceof CsvError) {
    return new UnreadableFile(`The fills file ${path} can't be read as CSV: ${error.message}.`, { cause: error });
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT')
    return new UnreadableFile(`The fills file ${path} doesn't exist; check the path after --fills.`);
  if (code === 'EISDIR') return new UnreadableFile(`The fills file ${path} is a folder; --fills wants a CSV file.`);
  if (code === 'EACCES' || code === 'EPERM') {
    return new UnreadableFile(`The fills file ${path} may not be read by this user; check its permissions.`);
  }
  if (code !== undefined)
    return new UnreadableFile(`The fills file ${path} can't be read: ${(error as Error).message}.`);
  return error as Error;
}
