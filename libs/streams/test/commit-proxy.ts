import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const commit = Buffer.from('COMMIT\0');

/**
 * A proxy in front of PostgreSQL that can lose the answer to a COMMIT: the server has committed, the client sees a
 * broken connection.
 */
export class CommitProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private statement: string | null = null;
  cuts = 0;

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => this.serve(client));
  }

  /** @returns the proxy, listening in front of the server of the URL */
  static async open(databaseUrl: string): Promise<CommitProxy> {
    const proxy = new CommitProxy(new URL(databaseUrl));
    await new Promise<void>((done) => proxy.server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get databaseUrl(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** The answer to the next COMMIT of a connection that has sent this statement from now on is lost. */
  cutNext(statement: string): void {
    this.statement = statement;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private serve(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    let said = false;
    let losing = false;
    client.on('data', (data) => {
      said ||= this.statement !== null && data.includes(this.statement);
      if (said && this.statement !== null && data.includes(commit)) {
        this.statement = null;
        losing = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!losing) return void client.write(data);
      this.cuts++;
      client.destroy();
    });
  }
}
