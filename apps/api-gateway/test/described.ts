interface Schema {
  readonly type?: string | readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
}

/** Everything in which a value isn't what a schema of the OpenAPI document says, by its path. */
export function undescribed(schema: Schema, value: unknown, path = ''): string[] {
  if (schema.oneOf) {
    const all = schema.oneOf.map((one) => undescribed(one, value, path));
    return all.some((wrong) => wrong.length === 0) ? [] : (all[0] ?? []);
  }
  const types = [schema.type ?? []].flat();
  const type = typeOf(value);
  if (!types.includes(type) && !(type === 'integer' && types.includes('number')))
    return [`${path} is ${type}, said to be ${types.join(' or ')}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${path} is none of ${schema.enum.join(', ')}`];
  if (typeof value === 'string' && schema.pattern && !new RegExp(schema.pattern).test(value))
    return [`${path} isn't like ${schema.pattern}`];
  if (Array.isArray(value)) return value.flatMap((one, i) => undescribed(schema.items ?? {}, one, `${path}[${i}]`));
  if (type !== 'object') return [];
  const given = value as Readonly<Record<string, unknown>>;
  const missing = (schema.required ?? [])
    .filter((name) => !(name in given))
    .map((name) => `${path}.${name} is missing`);
  const wrong = Object.entries(given).flatMap(([name, one]) => {
    const of = schema.properties?.[name] ?? schema.additionalProperties;
    return of === undefined ? [`${path}.${name} isn't described`] : undescribed(of, one, `${path}.${name}`);
  });
  return [...missing, ...wrong];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
