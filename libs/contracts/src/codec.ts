import type avro from 'avsc';
import { avroType } from './avro-type.js';
import type { AnyRecord, RecordName, Records } from './generated/records.js';
import { schemas } from './generated/schemas.js';
import { sameFields } from './same-fields.js';

/** Where schema ids come from: the checked-in lock file (lock.ts) or a schema registry (registry.ts). */
export interface SchemaIds {
  /** Id under which this writer registers its version of the record. */
  idOf(name: RecordName): number;
  /** Record name and writer's schema of an id; undefined when it isn't known (yet). */
  schemaOf(id: number): { readonly name: RecordName; readonly schema: object } | undefined;
  /** Asks for ids that `schemaOf` doesn't know. Ids that exist nowhere stay unknown; rejects when nobody answers. */
  learn?(ids: readonly number[]): Promise<void>;
}

/** A record that can't be read: what, and why. The caller sends it to the dead letters. */
export class UnreadableRecord extends Error {}

/**
 * The bytes may be sound but nobody knows their schema id: rubbish, or a writer newer than this process whose schema only
 * a registry (or the next release's lock file) knows.
 */
export class UnknownSchema extends UnreadableRecord {
  constructor(readonly schemaId: number) {
    super(`schema id ${schemaId} is unknown`);
  }
}

interface Reader {
  readonly name: RecordName;
  readonly resolver: avro.Resolver | undefined;
}

const headerBytes = 5;
const scratchBytesMin = 256 * 1024;
const scratchBytesMax = 4 * 1024 * 1024;

/** Encodes and decodes records in the Confluent wire format: magic byte 0, schema id (4 bytes, big endian), Avro binary. */
export class Codec {
  private readonly types = new Map<RecordName, avro.Type>();
  private readonly readers = new Map<number, Reader>();
  /** Resolvers by record and writer's fingerprint: they are dear to build, and several ids may share a schema. */
  private readonly resolvers = new Map<string, avro.Resolver | undefined>();
  private scratch = Buffer.allocUnsafeSlow(scratchBytesMin);

  /**
   * @param ids where schema ids come from
   * @param options `strict` decodes whatever was encoded and compares, so that a field that isn't in the schema, or one
   *   that is missing and would silently get its default, is an error. For tests: memory must be what a replay gives.
   */
  constructor(
    private readonly ids: SchemaIds,
    private readonly options: { readonly strict?: boolean } = {},
  ) {}

  /** @throws Error when a field is missing, of the wrong type or (strict) unknown: a fault of the writer's code. */
  encode(record: AnyRecord): Buffer {
    const end = this.write(record);
    this.scratch[0] = 0;
    this.scratch.writeUInt32BE(this.ids.idOf(record.type), 1);
    const bytes = Buffer.from(this.scratch.subarray(0, end));
    if (this.scratch.length > scratchBytesMax) this.scratch = Buffer.allocUnsafeSlow(scratchBytesMin);
    if (this.options.strict) this.compare(record, bytes);
    return bytes;
  }

  /** @throws UnreadableRecord for anything that isn't a record of a known schema, and nothing else. */
  decode(bytes: Buffer | null): AnyRecord {
    const reader = this.readerOf(schemaIdOf(bytes));
    try {
      const type = this.typeOf(reader.name);
      const value = type.fromBuffer((bytes as Buffer).subarray(headerBytes), reader.resolver) as { type: RecordName };
      value.type = reader.name;
      return value as AnyRecord;
    } catch (cause) {
      throw new UnreadableRecord(`${reader.name}: ${(cause as Error).message}`);
    }
  }

  /**
   * Makes the schemas of these values known before they are decoded. Costs next to nothing when they are; asks the
   * registry, where there is one, for those that aren't. Values that are no records are passed over.
   * @throws Error when the registry doesn't answer: try again later, the records aren't to blame
   */
  async learn(values: Iterable<Buffer | null>): Promise<void> {
    if (!this.ids.learn) return;
    const unknown = new Set<number>();
    for (const bytes of values) {
      if (bytes === null || bytes.length < headerBytes || bytes[0] !== 0) continue;
      const id = bytes.readUInt32BE(1);
      if (!this.readers.has(id) && !this.ids.schemaOf(id)) unknown.add(id);
    }
    if (unknown.size > 0) await this.ids.learn([...unknown]);
  }

  /** Writes the record into the scratch buffer behind the header and gives its end; grows the buffer as needed. */
  private write(record: AnyRecord): number {
    const type = this.typeOf(record.type);
    for (;;) {
      let end: number;
      try {
        end = type.encode(record, this.scratch, headerBytes);
      } catch (cause) {
        throw new Error(`${record.type} can't be encoded: ${(cause as Error).message}`, { cause });
      }
      if (end >= 0) return end;
      this.scratch = Buffer.allocUnsafeSlow(Math.max(2 * this.scratch.length, this.scratch.length - end));
    }
  }

  private compare(record: AnyRecord, bytes: Buffer): void {
    const difference = sameFields(record, this.decode(bytes), record.type);
    if (difference) throw new Error(`${record.type} isn't what its readers would get: ${difference}`);
  }

  private typeOf(name: RecordName): avro.Type {
    let type = this.types.get(name);
    if (!type) {
      if (!Object.hasOwn(schemas, name)) throw new Error(`there is no record ${name}`);
      this.types.set(name, (type = avroType(schemas[name])));
    }
    return type;
  }

  private readerOf(id: number): Reader {
    const known = this.readers.get(id);
    if (known) return known;
    const found = this.ids.schemaOf(id);
    if (!found) throw new UnknownSchema(id);
    try {
      const reader = { name: found.name, resolver: this.resolverOf(found.name, avroType(found.schema)) };
      this.readers.set(id, reader);
      return reader;
    } catch (cause) {
      throw new UnreadableRecord(`schema id ${id} can't be read as ${found.name}: ${(cause as Error).message}`);
    }
  }

  /** How to read the writer's version; undefined where it is ours. */
  private resolverOf(name: RecordName, writer: avro.Type): avro.Resolver | undefined {
    const key = `${name}/${writer.fingerprint().toString('hex')}`;
    if (!this.resolvers.has(key)) {
      const reader = this.typeOf(name);
      this.resolvers.set(key, writer.equals(reader) ? undefined : reader.createResolver(writer));
    }
    return this.resolvers.get(key);
  }
}

/**
 * The schema id of a value in the Confluent wire format.
 * @throws UnreadableRecord when it has no such header
 */
export function schemaIdOf(bytes: Buffer | null): number {
  if (bytes === null) throw new UnreadableRecord('no value (a tombstone)');
  if (bytes.length < headerBytes) throw new UnreadableRecord(`${bytes.length} bytes, shorter than the 5-byte header`);
  if (bytes[0] !== 0) throw new UnreadableRecord(`magic byte ${String(bytes[0])}, expected 0`);
  return bytes.readUInt32BE(1);
}

/** Makes a record; shorter than writing the tag by hand and checked against its fields. */
export function record<N extends RecordName>(type: N, fields: Omit<Records[N], 'type'>): Records[N] {
  return { type, ...fields } as unknown as Records[N];
}
