import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Parser } from '@asyncapi/parser';
import { operations } from '../src/operations.js';
import { avroType, schemas, streams, type RecordName, type StreamName } from '../src/index.js';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const document = readFileSync(file('../asyncapi.json'), 'utf8');

/** Avro payloads checked by a real Avro implementation; the parser knows only JSON schema. */
const avroPayloads: Parameters<Parser['registerSchemaParser']>[0] = {
  getMimeTypes: () => ['application/vnd.apache.avro;version=1.9.0'],
  validate: ({ data, path }) => {
    try {
      avroType(data as object);
      return [];
    } catch (cause) {
      return [{ message: (cause as Error).message, path }];
    }
  },
  parse: ({ data }) => ({ 'x-avro': data }),
};

async function errorsOf(text: string): Promise<string[]> {
  const parser = new Parser();
  parser.registerSchemaParser(avroPayloads);
  const { diagnostics } = await parser.parse(text);
  return diagnostics
    .filter(({ severity }) => Number(severity) === 0)
    .map(({ message, path }) => `${path.join('.')}: ${message}`);
}

describe('what is generated', () => {
  it('is up to date', () => {
    const node = file('../../../node_modules/.bin/node');
    const run = spawnSync(node, [file('../tools/generate.mjs'), '--check'], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  }, 60_000);
});

describe('the AsyncAPI document', () => {
  it('is valid', async () => {
    expect(await errorsOf(document)).toEqual([]);
  }, 60_000);

  it('is found invalid when a payload is no Avro schema, or a message is missing', async () => {
    expect(await errorsOf(document.replaceAll('"type": "string"', '"type": "strong"'))).not.toEqual([]);
    expect(await errorsOf(document.replace('"inbox.CopyOrders": {', '"gone": {'))).not.toEqual([]);
  }, 60_000);

  it('has every topic, record and service', () => {
    const parsed = JSON.parse(document) as {
      channels: Record<string, { address: string; messages: object }>;
      operations: Record<string, { action: string }>;
      components: { messages: Record<string, { payload: { schema: object } }> };
    };
    for (const [name, stream] of Object.entries(streams)) {
      expect(parsed.channels[name]?.address).toBe(stream.topic);
      expect(Object.keys(parsed.channels[name]?.messages ?? {})).toEqual([...stream.records]);
      for (const record of stream.records)
        expect(parsed.components.messages[`${stream.kind}.${record}`]?.payload.schema).toEqual(schemas[record]);
    }
    for (const [service, { receives, sends }] of Object.entries(operations)) {
      for (const name of receives) expect(parsed.operations).toHaveProperty([`${service}.receive.${name}`]);
      for (const name of Object.keys(sends)) expect(parsed.operations).toHaveProperty([`${service}.send.${name}`]);
    }
  });
});

describe('operations', () => {
  const all = Object.entries(operations);

  it('agree with the writers and readers of the streams', () => {
    for (const [service, { receives, sends }] of all) {
      for (const name of receives) expect([service, 'any']).toContain(streams[name].reader);
      for (const name of Object.keys(sends) as StreamName[]) expect([service, 'many']).toContain(streams[name].writer);
    }
  });

  it('send only records of the stream, and each record has a sender', () => {
    for (const [name, stream] of Object.entries(streams) as [StreamName, (typeof streams)[StreamName]][]) {
      const records: readonly RecordName[] = stream.records;
      const sent = all.flatMap(([, { sends }]) => (sends[name] === 'all' ? records : (sends[name] ?? [])));
      expect(new Set(sent)).toEqual(new Set(records));
    }
  });
});
