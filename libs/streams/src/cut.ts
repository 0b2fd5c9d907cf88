import { listEntriesMax, listField, type AnyRecord, type Codec } from '@slipstream/contracts';

/** A list record above this is cut even when it has few entries. */
export const recordBytesMax = 512 * 1024;

type Lists = Readonly<Record<string, readonly unknown[] | undefined>>;

/** Entries of a list record; any other record counts as one. */
export function entriesOf(record: AnyRecord): number {
  const field = listField[record.type];
  return field === undefined ? 1 : ((record as unknown as Lists)[field]?.length ?? 0);
}

/** The record with only these entries of its list. */
export function sliceOf(record: AnyRecord, from: number, to: number): AnyRecord {
  const field = String(listField[record.type]);
  const list = (record as unknown as Lists)[field] ?? [];
  return { ...record, [field]: list.slice(from, to) };
}

/** One piece of a record, encoded: `first` and `count` are entries of the whole. */
export interface Piece {
  readonly value: Buffer;
  readonly first: number;
  readonly count: number;
}

/** Encodes a record, cut where its list has too many entries or bytes. How it is cut is of no consequence to readers. */
export function encodePieces(codec: Codec, record: AnyRecord): Piece[] {
  const entries = entriesOf(record);
  if (listField[record.type] === undefined) return [{ value: codec.encode(record), first: 0, count: 1 }];
  const pieces: Piece[] = [];
  for (let first = 0; first < entries; first += listEntriesMax) {
    encodeRange(codec, record, first, Math.min(entries, first + listEntriesMax), pieces);
  }
  return pieces;
}

function encodeRange(codec: Codec, record: AnyRecord, from: number, to: number, into: Piece[]): void {
  const whole = from === 0 && to === entriesOf(record);
  const value = codec.encode(whole ? record : sliceOf(record, from, to));
  if (value.length <= recordBytesMax || to - from === 1) {
    into.push({ value, first: from, count: to - from });
    return;
  }
  const middle = from + Math.ceil((to - from) / 2);
  encodeRange(codec, record, from, middle, into);
  encodeRange(codec, record, middle, to, into);
}
