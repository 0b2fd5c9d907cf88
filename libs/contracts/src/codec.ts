import avro from 'avsc';
import type { AnyRecord, RecordName, Records } from './generated/records.js';
import { schemas } from './generated/schemas.js';

/** Where schema ids come from: the checked-in lock file, or a schema registry (see registry.ts). */
export interface SchemaIds {
  /** Id under which this writer registers its version of the record. */
  idOf(name: RecordName): number;
  /** Record name and writer's schema of an id; undefined when nobody knows it. */
  schemaOf(id: number): { readonly name: RecordName; readonly schema: object } | undefined;
}

/** A record that can't be read: what, and why. The caller sends it to the dead letters. */
export class UnreadableRecord extends Error {}

const headerBytes = 5;

/** Encodes and decodes records in the Confluent wire format: magic byte 0, schema id (4 bytes, big endian), Avro binary. */
export class Codec {
  private readonly types = new Map<string, avro.Type>();
  private readonly resolvers = new Map<number, { name: RecordName; writer: avro.Type; resolver?: avro.Resolver }>();

  constructor(private readonly ids: SchemaIds) {}

  /** @throws Error when a field is missing or of the wrong type: a fault of the writer's code. */
  encode(record: AnyRecord): Buffer {
    const type = this.typeOf(record.type);
    let body: Buffer;
    try {
      body = type.toBuffer(record);
    } catch (cause) {
      throw new Error(`${record.type} can't be encoded: ${(cause as Error).message}`, { cause });
    }
    const out = Buffer.allocUnsafe(headerBytes + body.length);
    out[0] = 0;
    out.writeUInt32BE(this.ids.idOf(record.type), 1);
    body.copy(out, headerBytes);
    return out;
  }

  /** @throws UnreadableRecord for anything that isn't a record of a known schema. */
  decode(bytes: Buffer | null): AnyRecord {
    if (bytes === null || bytes.length < headerBytes) throw new UnreadableRecord('shorter than the 5-byte header');
    if (bytes[0] !== 0) throw new UnreadableRecord(`magic byte ${String(bytes[0])}, expected 0`);
    const reader = this.readerOf(bytes.readUInt32BE(1));
    const type = this.typeOf(reader.name);
    try {
      const value = type.fromBuffer(bytes.subarray(headerBytes), reader.resolver) as { type: RecordName };
      value.type = reader.name;
      return value as AnyRecord;
    } catch (cause) {
      throw new UnreadableRecord(`${reader.name}: ${(cause as Error).message}`);
    }
  }

  private typeOf(name: RecordName): avro.Type {
    let type = this.types.get(name);
    if (!type) this.types.set(name, (type = avroType(schemas[name])));
    return type;
  }

  private readerOf(id: number): { name: RecordName; writer: avro.Type; resolver?: avro.Resolver } {
    const known = this.resolvers.get(id);
    if (known) return known;
    const found = this.ids.schemaOf(id);
    if (!found) throw new UnreadableRecord(`schema id ${id} is unknown`);
    const writer = avroType(found.schema);
    const reader = this.typeOf(found.name);
    const same = writer.fingerprint().equals(reader.fingerprint());
    const entry = { name: found.name, writer, ...(same ? {} : { resolver: reader.createResolver(writer) }) };
    this.resolvers.set(id, entry);
    return entry;
  }
}

/** An avsc type of a schema, longs as safe integers, strings strict. */
export function avroType(schema: object): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema, { noAnonymousTypes: false });
}

/** Makes a record; shorter than writing the tag by hand and checked against its fields. */
export function record<N extends RecordName>(type: N, fields: Omit<Records[N], 'type'>): Records[N] {
  return { type, ...fields } as unknown as Records[N];
}
