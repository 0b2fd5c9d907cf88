import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The part of a schema registry that is used: register under a subject, get by id. */
export class Registry {
  private readonly schemas = new Map<number, string>();
  private nextId = 7000;
  /** Answers nothing but 503 while this is set. */
  away = false;
  refused = 0;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  register(schema: string, id?: number): number {
    const known = [...this.schemas].find(([, text]) => text === schema)?.[0];
    const given = id ?? known ?? this.nextId++;
    this.schemas.set(given, schema);
    return given;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const [status, answer] = this.outcome(request, body);
    response
      .writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
      .end(JSON.stringify(answer));
  }

  private outcome(request: IncomingMessage, body: string): [number, object] {
    if (this.away) {
      this.refused++;
      return [503, { error_code: 50001, message: 'not now' }];
    }
    if (request.method === 'POST') return [200, { id: this.register((JSON.parse(body) as { schema: string }).schema) }];
    const schema = this.schemas.get(Number(/^\/schemas\/ids\/(\d+)$/.exec(request.url ?? '')?.[1]));
    return schema === undefined ? [404, { error_code: 40403, message: 'Schema not found' }] : [200, { schema }];
  }
}
