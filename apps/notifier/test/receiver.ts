import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** One request as it came. */
export interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
  readonly atMs: number;
}

/** What a path answers at its n-th request, from 1; 'hang': nothing, ever. */
export type Answer = (nth: number) => number | 'hang' | { readonly redirectTo: string } | { readonly text: string };

/** A receiver of webhooks: a real HTTP server on loopback that keeps what it gets. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly answers = new Map<string, Answer>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.take(request, response));
  }

  static async open(port = 0): Promise<Receiver> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new Receiver(server, (server.address() as AddressInfo).port);
  }

  /** URL of a path; it answers 204 unless something else is said. */
  url(path: string, answer: Answer = () => 204): string {
    this.answers.set(path, answer);
    return `http://127.0.0.1:${this.port}${path}`;
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const payload = Buffer.concat(chunks).toString();
    this.received.push({ path, id: headers['webhook-id'] ?? '', headers, payload, atMs: Date.now() });
    const answer = this.answers.get(path)?.(this.at(path).length) ?? 404;
    if (answer === 'hang') return;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else if ('text' in answer) response.writeHead(500).end(answer.text);
    else response.writeHead(302, { location: answer.redirectTo }).end();
  }
}

/** Whether a request is signed with a secret, as `standardwebhooks` sees it. */
export function isSignedBy(secret: string, { payload, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(payload, headers);
    return true;
  } catch {
    return false;
  }
}
