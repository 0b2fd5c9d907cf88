import avro from 'avsc';

type Schema = string | readonly Schema[] | Complex;
interface Complex {
  readonly type: Schema;
  readonly name?: string;
  readonly namespace?: string;
  readonly items?: Schema;
  readonly fields?: readonly Field[];
  readonly values?: readonly string[];
  readonly format?: string;
  readonly logicalType?: string;
}
interface Field {
  readonly name: string;
  readonly type: Schema;
  readonly default?: unknown;
}

/**
 * Why the two versions of a record can't be read by each other's readers (FULL compatibility); empty when they can.
 * Avro's own resolution in both directions, and on top of it what that lets pass although our readers would go wrong: a
 * changed default, a shrunk list of `values`, another decimal format or logical type, string turned into bytes.
 * @param older released version, self-contained schema
 * @param newer version to compare it with
 */
export function incompatibilities(older: object, newer: object): string[] {
  return [
    ...unresolved(older, newer, 'a new reader on old records'),
    ...unresolved(newer, older, 'an old reader on new records'),
    ...changes(older as Complex, newer as Complex),
  ];
}

function unresolved(writer: object, reader: object, who: string): string[] {
  try {
    const type = (schema: object): avro.Type => avro.Type.forSchema(schema as avro.Schema);
    type(reader).createResolver(type(writer));
    return [];
  } catch (cause) {
    return [`${who}: ${(cause as Error).message}`];
  }
}

/** Compares two self-contained schemas part by part. */
function changes(older: Complex, newer: Complex): string[] {
  const from = namedTypes(older);
  const to = namedTypes(newer);
  const compared = new Set<string>();

  const compare = (a: Schema, b: Schema, path: string): string[] => {
    const left = expand(a, from);
    const right = expand(b, to);
    if (kindOf(left) !== kindOf(right)) return [`${path}: the type changed from ${kindOf(left)} to ${kindOf(right)}`];
    if (isUnion(left) || isUnion(right))
      return (left as Schema[]).flatMap((branch, i) => compare(branch, (right as Schema[])[i] as Schema, path));
    const found = annotationChanges(left, right, path);
    if (left.items && right.items) found.push(...compare(left.items, right.items, `${path}[]`));
    if (!left.fields || !right.fields || compared.has(left.name as string)) return found;
    compared.add(left.name as string);
    return [...found, ...fieldChanges(left.fields, right.fields, path, compare)];
  };
  return compare(older, newer, newer.name as string);
}

function annotationChanges(from: Complex, to: Complex, path: string): string[] {
  const found: string[] = [];
  if (from.format !== to.format) found.push(`${path}: the format changed from ${from.format} to ${to.format}`);
  if (from.logicalType !== to.logicalType)
    found.push(`${path}: the logical type changed from ${from.logicalType} to ${to.logicalType}`);
  if (!from.values && to.values) found.push(`${path}: only certain values are left`);
  for (const value of from.values ?? [])
    if (to.values && !to.values.includes(value)) found.push(`${path}: the value ${value} is gone`);
  return found;
}

function fieldChanges(
  from: readonly Field[],
  to: readonly Field[],
  path: string,
  compare: (a: Schema, b: Schema, path: string) => string[],
): string[] {
  const found: string[] = [];
  for (const field of from) {
    const other = to.find(({ name }) => name === field.name);
    if (other) {
      if (JSON.stringify(field.default) !== JSON.stringify(other.default))
        found.push(`${path}.${field.name}: the default changed`);
      found.push(...compare(field.type, other.type, `${path}.${field.name}`));
    } else if (!('default' in field)) found.push(`${path}.${field.name}: removed, and it had no default`);
  }
  for (const field of to)
    if (!('default' in field) && !from.some(({ name }) => name === field.name))
      found.push(`${path}.${field.name}: added without a default`);
  return found;
}

/** The named types a self-contained schema defines, by their short names. */
function namedTypes(schema: Schema, found = new Map<string, Complex>()): Map<string, Complex> {
  if (typeof schema === 'string') return found;
  if (isUnion(schema)) for (const branch of schema) namedTypes(branch, found);
  else {
    if (schema.name) found.set(schema.name, schema);
    if (schema.items) namedTypes(schema.items, found);
    for (const field of schema.fields ?? []) namedTypes(field.type, found);
    if (typeof schema.type !== 'string') namedTypes(schema.type, found);
  }
  return found;
}

/** A reference followed, a bare type name written out, `{type: {…}}` unpacked. */
function expand(schema: Schema, named: ReadonlyMap<string, Complex>): Complex | readonly Schema[] {
  if (typeof schema === 'string') return named.get(schema.replace(/^.*\./, '')) ?? { type: schema };
  if (isUnion(schema)) return schema;
  return typeof schema.type === 'string' ? schema : expand(schema.type, named);
}

/** What a schema is, without its annotations. */
function kindOf(schema: Schema): string {
  if (typeof schema === 'string') return schema;
  if (isUnion(schema)) return `[${schema.map(kindOf).join(', ')}]`;
  return schema.name ? `${kindOf(schema.type)} ${schema.name}` : kindOf(schema.type);
}

function isUnion(schema: Schema): schema is readonly Schema[] {
  return Array.isArray(schema);
}
