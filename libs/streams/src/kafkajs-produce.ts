import { createRequire } from 'node:module';

/**
 * kafkajs 2.2.4 encodes a produce request through seven nested buffers, each zero-filled, doubled and copied, and takes
 * its CRC byte by byte. Here a request is written once, into one buffer of the right size. Same bytes: no compression,
 * no transactions, which we don't use; anything else goes the old way.
 */
interface Header {
  readonly key: string;
  readonly value: string | Buffer;
}
interface ProducedMessage {
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly timestamp?: number | string | null;
  readonly headers?: Readonly<Record<string, string | Buffer | readonly (string | Buffer)[]>>;
}
interface ProduceRequest {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: { toString(): string };
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: readonly ProducedMessage[];
    }[];
  }[];
}
type Request = (options: ProduceRequest) => { encode: () => Promise<unknown> };

const require = createRequire(import.meta.url);
const path = require.resolve('kafkajs/src/protocol/requests/produce/v3/request.js');
const original = require(path) as Request;
const Encoder = require('kafkajs/src/protocol/encoder.js') as new (size: number) => { buf: Buffer; offset: number };
const loaded = require.cache[path];
// The other versions of the request take this one when they are first used, so the patch may come late.
if (loaded) loaded.exports = produce;

function produce(options: ProduceRequest): { encode: () => Promise<unknown> } {
  const request = original(options);
  if (options.compression || options.transactionalId || options.topicData.some(hasTimestamps)) return request;
  return { ...request, encode: () => Promise.resolve(encode(options)) };
}

const hasTimestamps = ({ partitions }: ProduceRequest['topicData'][number]): boolean =>
  partitions.some(({ messages }) => messages.some(({ timestamp }) => timestamp !== undefined && timestamp !== null));

/** Bytes of a record batch before its records. */
const batchHeaderBytes = 61;

function encode(options: ProduceRequest): object {
  let size = 2 + 2 + 4 + 4;
  const sizes: number[] = [];
  for (const { topic, partitions } of options.topicData) {
    size += 2 + Buffer.byteLength(topic) + 4;
    for (const { messages } of partitions) {
      let bytes = batchHeaderBytes;
      messages.forEach((message, i) => {
        const body = bodySize(message, i);
        sizes.push(body);
        bytes += varintSize(body) + body;
      });
      size += 4 + 4 + bytes;
    }
  }
  const out = new Cursor(Buffer.allocUnsafe(size));
  out.int16(-1);
  out.int16(options.acks);
  out.int32(options.timeout);
  out.int32(options.topicData.length);
  let next = 0;
  for (const { topic, partitions } of options.topicData) {
    out.int16(Buffer.byteLength(topic));
    out.text(topic);
    out.int32(partitions.length);
    for (const { partition, firstSequence, messages } of partitions) {
      out.int32(partition);
      writeBatch(out, messages, sizes.slice(next, (next += messages.length)), options, firstSequence ?? 0);
    }
  }
  const encoder = new Encoder(0);
  encoder.buf = out.buf;
  encoder.offset = out.pos;
  return encoder;
}

function writeBatch(
  out: Cursor,
  messages: readonly ProducedMessage[],
  sizes: readonly number[],
  options: ProduceRequest,
  firstSequence: number,
): void {
  const bytes = sizes.reduce((sum, size) => sum + varintSize(size) + size, batchHeaderBytes);
  const now = BigInt(Date.now());
  out.int32(bytes);
  out.int64(0n);
  out.int32(bytes - 12);
  out.int32(0); // partition leader epoch
  out.buf[out.pos++] = 2; // magic
  const crcAt = out.pos;
  out.pos += 4;
  out.int16(0); // attributes
  out.int32(messages.length - 1);
  out.int64(now);
  out.int64(now);
  out.int64(BigInt(options.producerId?.toString() ?? '-1'));
  out.int16(options.producerEpoch ?? 0);
  out.int32(firstSequence);
  out.int32(messages.length);
  messages.forEach((message, i) => writeRecord(out, message, i, sizes[i] as number));
  out.buf.writeUInt32BE(crc32c(out.buf, crcAt + 4, out.pos), crcAt);
}

function writeRecord(out: Cursor, message: ProducedMessage, offset: number, size: number): void {
  out.varint(size);
  out.buf[out.pos++] = 0; // attributes
  out.varint(0); // timestamp delta
  out.varint(offset);
  out.bytes(message.key ?? null);
  out.bytes(message.value);
  const headers = headersOf(message);
  out.varint(headers.length);
  for (const { key, value } of headers) {
    out.bytes(key);
    out.bytes(value);
  }
}

function headersOf({ headers }: ProducedMessage): Header[] {
  if (!headers) return [];
  return Object.entries(headers).flatMap(([key, value]) =>
    Array.isArray(value)
      ? (value as (string | Buffer)[]).map((one) => ({ key, value: one }))
      : [{ key, value: value as string | Buffer }],
  );
}

function bodySize(message: ProducedMessage, offset: number): number {
  const headers = headersOf(message);
  let size = 2 + varintSize(offset) + sizedBytes(message.key ?? null) + sizedBytes(message.value);
  size += varintSize(headers.length);
  for (const { key, value } of headers) size += sizedBytes(key) + sizedBytes(value);
  return size;
}

const lengthOf = (value: string | Buffer): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : value.length;
function sizedBytes(value: string | Buffer | null): number {
  if (value === null) return 1;
  const length = lengthOf(value);
  return varintSize(length) + length;
}

/** Bytes of a zigzag varint of a value ≥ 0. */
function varintSize(value: number): number {
  let size = 1;
  for (let rest = value * 2; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}

class Cursor {
  pos = 0;
  constructor(readonly buf: Buffer) {}
  int16(value: number): void {
    this.pos = this.buf.writeInt16BE(value, this.pos);
  }
  int32(value: number): void {
    this.pos = this.buf.writeInt32BE(value, this.pos);
  }
  int64(value: bigint): void {
    this.pos = this.buf.writeBigInt64BE(value, this.pos);
  }
  varint(value: number): void {
    let rest = value < 0 ? 1 : value * 2;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.buf[this.pos++] = (rest & 0x7f) | 0x80;
    this.buf[this.pos++] = rest;
  }
  text(value: string): void {
    this.pos += this.buf.write(value, this.pos, 'utf8');
  }
  bytes(value: string | Buffer | null): void {
    if (value === null) return this.varint(-1);
    this.varint(lengthOf(value));
    if (typeof value === 'string') return this.text(value);
    this.pos += value.copy(this.buf, this.pos);
  }
}

/** CRC-32C (Castagnoli), eight bytes at a time. */
const tables: Int32Array[] = Array.from({ length: 8 }, () => new Int32Array(256));
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  (tables[0] as Int32Array)[n] = c;
}
for (let k = 1; k < 8; k++)
  for (let n = 0; n < 256; n++) {
    const before = (tables[k - 1] as Int32Array)[n] as number;
    (tables[k] as Int32Array)[n] = ((tables[0] as Int32Array)[before & 0xff] as number) ^ (before >>> 8);
  }
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];
const at = (table: Int32Array, index: number): number => table[index & 0xff] as number;

function crc32c(bytes: Buffer, from: number, to: number): number {
  const b = bytes as unknown as number[];
  let crc = -1;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    const x =
      crc ^
      ((b[i] as number) | ((b[i + 1] as number) << 8) | ((b[i + 2] as number) << 16) | ((b[i + 3] as number) << 24));
    crc =
      at(t7, x) ^
      at(t6, x >>> 8) ^
      at(t5, x >>> 16) ^
      at(t4, x >>> 24) ^
      at(t3, b[i + 4] as number) ^
      at(t2, b[i + 5] as number) ^
      at(t1, b[i + 6] as number) ^
      at(t0, b[i + 7] as number);
  }
  for (; i < to; i++) crc = at(t0, crc ^ (b[i] as number)) ^ (crc >>> 8);
  return ~crc >>> 0;
}
