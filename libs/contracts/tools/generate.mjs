// Generates src/generated/records.ts (types) and src/generated/schemas.ts (self-contained schemas) from avro/*.avsc.
// Run by `npm run generate`; `--check` fails when the files on disk differ.
import { readFileSync, readdirSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const lib = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (dir) =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.avsc'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')));

const parts = read(join(lib, 'avro/types'));
const records = read(join(lib, 'avro'));
const byName = new Map(parts.map((schema) => [`slipstream.${schema.name}`, schema]));

/** A schema in which each named type is defined at its first use, as the registry and other readers want it. */
function selfContained(schema, seen = new Set()) {
  if (typeof schema === 'string') {
    if (!byName.has(schema) || seen.has(schema)) return schema;
    return selfContained(byName.get(schema), seen);
  }
  if (Array.isArray(schema)) return schema.map((branch) => selfContained(branch, seen));
  if (schema.type === 'array') return { ...schema, items: selfContained(schema.items, seen) };
  if (schema.type !== 'record') return schema;
  seen.add(`slipstream.${schema.name}`);
  return { ...schema, fields: schema.fields.map((field) => ({ ...field, type: selfContained(field.type, seen) })) };
}

function tsType(schema) {
  if (Array.isArray(schema)) return schema.map(tsType).join(' | ');
  if (typeof schema === 'object') {
    if (schema.values) return schema.values.map((value) => `'${value}'`).join(' | ');
    if (schema.type === 'array') return `readonly (${tsType(schema.items)})[]`;
    if (schema.type === 'record') return schema.name;
    return tsType(schema.type);
  }
  const primitive = {
    null: 'null',
    string: 'string',
    long: 'number',
    int: 'number',
    boolean: 'boolean',
    bytes: 'Buffer',
  };
  return primitive[schema] ?? schema.replace('slipstream.', '');
}

function tsInterface(schema, topLevel) {
  const fields = schema.fields.map(
    (field) => `${field.doc ? `/** ${field.doc} */\n` : ''}readonly ${field.name}: ${tsType(field.type)};`,
  );
  const tag = topLevel ? [`readonly type: '${schema.name}';`] : [];
  return `${schema.doc ? `/** ${schema.doc} */\n` : ''}export interface ${schema.name} {\n${[...tag, ...fields].join('\n')}\n}\n`;
}

const head = '// Generated from libs/contracts/avro by `npm run generate`. Never edited.\n\n';
const typesFile =
  head +
  parts.map((schema) => tsInterface(schema, false)).join('\n') +
  records.map((schema) => tsInterface(schema, true)).join('\n') +
  `\n/** Every record that lies in a topic, by its name. */\nexport interface Records {\n${records.map((r) => `${r.name}: ${r.name};`).join('\n')}\n}\n` +
  '\nexport type RecordName = keyof Records;\nexport type AnyRecord = Records[RecordName];\n';
const schemasFile =
  head +
  "import type { RecordName } from './records.js';\n\n" +
  `/** Self-contained Avro schema of every record. */\nexport const schemas: Readonly<Record<RecordName, object>> = ${JSON.stringify(
    Object.fromEntries(records.map((schema) => [schema.name, selfContained(schema)])),
  )};\n`;

/**
 * The lock file gives every version of every record its schema id. A version that isn't released yet is overwritten
 * when its schema changes; a released one stays for ever and the change becomes the next version.
 */
function updatedLock(lock) {
  const entries = [...lock];
  for (const schema of records) {
    const current = JSON.stringify(selfContained(schema));
    const index = entries.findLastIndex((entry) => entry.name === schema.name);
    const last = entries[index];
    if (last && JSON.stringify(last.schema) === current) continue;
    if (last && !last.released) entries[index] = { ...last, schema: JSON.parse(current) };
    else
      entries.push({
        id: entries.reduce((most, entry) => Math.max(most, entry.id), 0) + 1,
        name: schema.name,
        version: (last?.version ?? 0) + 1,
        released: false,
        schema: JSON.parse(current),
      });
  }
  return entries;
}
const lockFile = join(lib, 'avro/lock.json');
const lock = updatedLock(existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')) : []);
const lockText = JSON.stringify(lock, null, 1) + '\n';
const lockSource =
  head +
  "import type { RecordName } from './records.js';\n\n" +
  '/** Every version of every record with its schema id. */\nexport const lockEntries: readonly { readonly id: number; readonly name: RecordName; readonly version: number; readonly released: boolean; readonly schema: object }[] = ' +
  JSON.stringify(lock) +
  ';\n';

const options = await prettier.resolveConfig(join(lib, 'src/index.ts'));
const out = join(lib, 'src/generated');
mkdirSync(out, { recursive: true });
let stale = false;
for (const [name, text] of [
  ['records.ts', typesFile],
  ['schemas.ts', schemasFile],
  ['lock.ts', lockSource],
  ['../../avro/lock.json', lockText],
]) {
  const file = join(out, name);
  const wanted = await prettier.format(text, { ...options, parser: name.endsWith('.json') ? 'json' : 'typescript' });
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue;
  if (process.argv.includes('--check')) {
    console.error(`${name} is out of date: run npm run generate`);
    stale = true;
  } else writeFileSync(file, wanted);
}
process.exitCode = stale ? 1 : 0;
