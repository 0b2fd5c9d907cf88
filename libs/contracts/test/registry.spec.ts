import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Codec, UnknownSchema, avroType, createSchemaIds, lockIds, schemas } from '../src/index.js';
import { controls, recordNames } from './controls.js';

/** The part of the schema registry's REST API that is used: register under a subject, get by id, as the real one answers. */
class Registry {
  readonly subjects = new Map<string, number[]>();
  readonly schemas = new Map<number, string>();
  readonly requests: string[] = [];
  /** Answers the next requests with this status instead. */
  failing = { status: 503, times: 0 };
  private nextId = 100;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  register(subject: string, schema: string): number {
    let id = [...this.schemas].find(([, known]) => known === schema)?.[0];
    if (id === undefined) this.schemas.set((id = this.nextId++), schema);
    this.subjects.set(subject, [...new Set([...(this.subjects.get(subject) ?? []), id])]);
    return id;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.requests.push(`${request.method} ${request.url}`);
    const [status, answer] = this.outcome(request, body);
    response
      .writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
      .end(JSON.stringify(answer));
  }

  private outcome(request: IncomingMessage, body: string): [number, object] {
    if (this.failing.times-- > 0) return [this.failing.status, { error_code: 50001, message: 'not now' }];
    const subject = /^\/subjects\/([^/]+)\/versions$/.exec(request.url ?? '')?.[1];
    if (request.method === 'POST' && subject) {
      const { schema } = JSON.parse(body) as { schema: string };
      return [200, { id: this.register(decodeURIComponent(subject), schema) }];
    }
    const schema = this.schemas.get(Number(/^\/schemas\/ids\/(\d+)$/.exec(request.url ?? '')?.[1]));
    return schema ? [200, { schema }] : [404, { error_code: 40403, message: 'Schema not found' }];
  }
}

describe('schema ids', () => {
  let registry: Registry;
  let url: string;
  beforeEach(async () => {
    registry = new Registry();
    url = await registry.start();
  });
  afterEach(() => registry.stop());

  it('come from the lock file without a registry', async () => {
    const ids = await createSchemaIds({});
    for (const name of recordNames) expect(ids.idOf(name)).toBe(lockIds().idOf(name));
  });

  it('are registered under the name of the record, each once', async () => {
    const ids = await createSchemaIds({ registryUrl: url });
    expect([...registry.subjects.keys()].sort()).toEqual(recordNames.map((name) => `slipstream.${name}`).sort());
    for (const name of recordNames) {
      expect(registry.subjects.get(`slipstream.${name}`)).toEqual([ids.idOf(name)]);
      expect(JSON.parse(registry.schemas.get(ids.idOf(name)) as string)).toEqual(schemas[name]);
    }
    const again = await createSchemaIds({ registryUrl: `${url}/` });
    expect(recordNames.map((name) => again.idOf(name))).toEqual(recordNames.map((name) => ids.idOf(name)));
  });

  it('make two processes understand each other, without asking again', async () => {
    const writer = new Codec(await createSchemaIds({ registryUrl: url }));
    const reader = new Codec(await createSchemaIds({ registryUrl: url }));
    const values = recordNames.map((name) => writer.encode(controls[name]));
    const asked = registry.requests.length;
    await reader.learn([...values, null, Buffer.from('rubbish')]);
    expect(values.map((bytes) => reader.decode(bytes).type)).toEqual(recordNames);
    expect(registry.requests.length).toBe(asked);
  });

  it('of a newer writer are learnt, and its records read', async () => {
    const reader = new Codec(await createSchemaIds({ registryUrl: url }));
    const old = schemas.DepositFunds as { fields: object[] };
    const newer = { ...old, fields: [...old.fields, { name: 'note', type: 'string', default: '' }] };
    const header = Buffer.alloc(5);
    header.writeUInt32BE(registry.register('slipstream.DepositFunds', JSON.stringify(newer)), 1);
    const bytes = Buffer.concat([header, avroType(newer).toBuffer({ ...controls.DepositFunds, note: 'new' })]);

    expect(() => reader.decode(bytes)).toThrow(UnknownSchema);
    await reader.learn([bytes]);
    expect(reader.decode(bytes)).toMatchObject({ type: 'DepositFunds', amount: controls.DepositFunds.amount });
    const asked = registry.requests.length;
    await reader.learn([bytes, bytes]);
    expect(registry.requests.length).toBe(asked);
  });

  it('that nobody knows, or that belong to others, stay unknown', async () => {
    const reader = new Codec(await createSchemaIds({ registryUrl: url }));
    const foreign = { type: 'record', name: 'DepositFunds', namespace: 'elsewhere', fields: [] };
    const other = Buffer.alloc(6);
    other.writeUInt32BE(registry.register('elsewhere.DepositFunds', JSON.stringify(foreign)), 1);
    const unknown = Buffer.from([0, 0, 0, 0xff, 0xff, 0]);
    await reader.learn([unknown, other]);
    expect(() => reader.decode(unknown)).toThrow(UnknownSchema);
    expect(() => reader.decode(other)).toThrow(UnknownSchema);
  });

  it('are asked for again when the registry stumbles', async () => {
    registry.failing = { status: 503, times: 6 };
    const ids = await createSchemaIds({ registryUrl: url });
    expect(ids.schemaOf(ids.idOf('PlaceOrders'))?.name).toBe('PlaceOrders');
  });

  it('fail at once when the registry refuses a schema', async () => {
    registry.failing = { status: 409, times: Infinity };
    await expect(createSchemaIds({ registryUrl: url })).rejects.toThrow(/409 .*not now/);
    expect(registry.requests.length).toBe(new Set(registry.requests).size);
  });

  it('fail after a bounded number of attempts when nobody answers', async () => {
    await registry.stop();
    await expect(createSchemaIds({ registryUrl: url })).rejects.toThrow(/schema registry.*ECONNREFUSED/);
    await registry.start();
  }, 10_000);
});
