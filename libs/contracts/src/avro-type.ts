import avro from 'avsc';

/** The part of avsc's reading position that the bound below needs. */
interface Position {
  readonly buf: Buffer;
  readLong(): number;
  skipLong(): void;
}
interface ItemReader {
  _read(position: Position): unknown;
}

/**
 * An array that believes no count beyond what its bytes can hold (each entry has at least one). avsc takes the count as
 * it stands, so that three bytes of rubbish would allocate until the process dies.
 */
class BoundedArray extends avro.types.ArrayType {
  _read(position: Position): unknown[] {
    const items = this.itemsType as unknown as ItemReader;
    const values: unknown[] = [];
    for (let count = position.readLong(); count !== 0; count = position.readLong()) {
      if (count < 0) {
        count = -count;
        position.skipLong();
      }
      if (!(values.length + count <= position.buf.length))
        throw new Error(`a list of ${count} entries can't be in here`);
      while (count-- > 0) values.push(items._read(position));
    }
    return values;
  }
}

/** Text up to here is written character by character as long as it is ASCII; its length then fits one byte. */
const shortTextMax = 63;

interface WritePosition {
  readonly buf: Buffer;
  pos: number;
}
interface Writer {
  _write(position: WritePosition, value: unknown): void;
}
// Called with its own `this` below.
// eslint-disable-next-line @typescript-eslint/unbound-method
const writeText = (avro.types.StringType.prototype as unknown as Writer)._write;

/** A string whose usual case, an id or a number, is written without two calls into native code: a third of the time. */
class ShortString extends avro.types.StringType {
  _write(position: WritePosition, value: unknown): void {
    if (typeof value === 'string' && value.length <= shortTextMax) {
      const { buf, pos } = position;
      const { length } = value;
      if (pos + length < buf.length) {
        let i = 0;
        for (; i < length; i++) {
          const code = value.charCodeAt(i);
          if (code > 0x7f) break;
          buf[pos + 1 + i] = code;
        }
        if (i === length) {
          buf[pos] = length << 1;
          position.pos = pos + 1 + length;
          return;
        }
      }
    }
    writeText.call(this, position, value);
  }
}

/** An avsc type of a schema: named types only, lists bounded; longs beyond 2^53 are refused when written or read. */
export function avroType(schema: object): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema, {
    typeHook: (part, options) => {
      const kind = typeof part === 'object' && !Array.isArray(part) ? (part as { type?: unknown }).type : part;
      if (kind === 'array') return new BoundedArray(part, options);
      return kind === 'string' ? new (ShortString as unknown as new () => avro.Type)() : undefined;
    },
  });
}
