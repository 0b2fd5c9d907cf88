import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

const produceKey = 0;

/**
 * A proxy in front of a broker that can lose an answer: it forwards a produce request to a topic, and when the broker
 * has answered, cuts the connection instead of passing the answer on. Everything the broker says of its own address is
 * rewritten to the proxy's, so that clients stay with it.
 */
export class CuttingProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private topic: string | null = null;
  cuts = 0;

  constructor(private readonly broker: { readonly host: string; readonly port: number }) {
    this.server = createServer((client) => this.serve(client));
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `127.0.0.1:${this.port}`;
  }

  /** The answer to the next produce request that names the topic is lost. */
  cutNext(topic: string): void {
    this.topic = topic;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private serve(client: Socket): void {
    const upstream = connect(this.broker.port, this.broker.host);
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    let lost: number | null = null;
    onFrames(client, (frame) => {
      if (this.topic !== null && frame.readInt16BE(4) === produceKey && frame.includes(this.topic)) {
        this.topic = null;
        lost = frame.readInt32BE(8);
      }
      upstream.write(frame);
    });
    onFrames(upstream, (frame) => {
      if (lost !== null && frame.readInt32BE(4) === lost) {
        this.cuts++;
        client.destroy();
      } else client.write(this.readdressed(frame));
    });
  }

  private readdressed(frame: Buffer): Buffer {
    const host = Buffer.from(this.broker.host);
    const address = Buffer.alloc(2 + host.length + 4);
    address.writeInt16BE(host.length, 0);
    host.copy(address, 2);
    address.writeInt32BE(this.broker.port, 2 + host.length);
    for (let at = frame.indexOf(address); at >= 0; at = frame.indexOf(address, at + 1)) {
      frame.writeInt32BE(this.port, at + 2 + host.length);
    }
    return frame;
  }
}

function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (data) => {
    held = Buffer.concat([held, data]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0);
      take(Buffer.from(held.subarray(0, end)));
      held = held.subarray(end);
    }
  });
}
