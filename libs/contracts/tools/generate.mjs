// Generates from avro/*.avsc, streams.ts and operations.ts: src/generated (types, self-contained schemas, lock),
// avro/lock.json, avro/golden (examples and their binaries) and asyncapi.json.
// Run by `npm run generate`; `--check` fails when the files on disk differ.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import avro from 'avsc';
import prettier from 'prettier';
import { asyncapi } from './asyncapi.mjs';
import { examplesOf, revived } from './examples.mjs';
import { lib, lockFile, lockText, updatedLock } from './lock.mjs';

// streams.ts is read as it is, which older versions of Node can't.
if (!process.features.typescript) {
  const node = join(lib, '../../node_modules/.bin/node');
  const again = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exit(spawnSync(node, again, { stdio: 'inherit' }).status ?? 1);
}
const { streams } = await import('../src/streams.ts');
const { operations } = await import('../src/operations.ts');

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

const lock = updatedLock(
  existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')) : [],
  records.map((schema) => selfContained(schema)),
);
const lockSource =
  head +
  "import type { RecordName } from './records.js';\n\n" +
  '/** Every version of every record with its schema id. */\nexport const lockEntries: readonly { readonly id: number; readonly name: RecordName; readonly version: number; readonly released: boolean; readonly schema: object }[] = ' +
  JSON.stringify(lock) +
  ';\n';

const golden = join(lib, 'avro/golden');
const { version } = JSON.parse(readFileSync(join(lib, 'package.json'), 'utf8'));
const byRecord = new Map(records.map((schema) => [schema.name, selfContained(schema)]));
const generated = join(lib, 'src/generated');
/** What the files hold, by their paths. */
const files = new Map([
  [join(generated, 'records.ts'), typesFile],
  [join(generated, 'schemas.ts'), schemasFile],
  [join(generated, 'lock.ts'), lockSource],
  [lockFile, lockText(lock)],
  [join(lib, 'asyncapi.json'), JSON.stringify(asyncapi(version, streams, operations, byRecord))],
]);
for (const [name, schema] of byRecord) {
  const file = join(golden, `${name}.json`);
  const examples = examplesOf(schema, existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
  files.set(file, JSON.stringify(examples));
  files.set(join(golden, `${name}.hex`), examples.map((one) => `${binary(schema, one)}\n`).join(''));
}

/** An example in the Confluent wire format, as hexadecimal text. */
function binary(schema, example) {
  const id = Buffer.alloc(5);
  id.writeUInt32BE(lock.findLast((entry) => entry.name === schema.name).id, 1);
  return Buffer.concat([id, avro.Type.forSchema(schema).toBuffer(revived(example))]).toString('hex');
}

const options = await prettier.resolveConfig(join(lib, 'src/index.ts'));
const parsers = { ts: 'typescript', json: 'json' };
mkdirSync(generated, { recursive: true });
mkdirSync(golden, { recursive: true });
let stale = false;
for (const [file, text] of files) {
  const parser = parsers[file.slice(file.lastIndexOf('.') + 1)];
  const wanted = parser ? await prettier.format(text, { ...options, parser }) : text;
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue;
  if (process.argv.includes('--check')) {
    console.error(`${basename(file)} is out of date: run npm run generate`);
    stale = true;
  } else writeFileSync(file, wanted);
}
process.exitCode = stale ? 1 : 0;
