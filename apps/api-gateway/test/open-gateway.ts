import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { migrations } from '@slipstream/read-model';
import { httpAdapter, migrate } from '@slipstream/streams';
import { testDatabase } from '@slipstream/testing';
import pg from 'pg';
import type { AddressInfo } from 'node:net';
import { AppModule } from '../src/app.module.js';
import { serveDescription } from '../src/describe-api.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & {
    readonly items?: Record<string, unknown>[];
    readonly next?: string | null;
  };
}

/** A gateway over a read model of its own, which `fill` writes. */
export interface Gateway {
  get(path: string): Promise<Answer>;
  /** Whoever owns the tables. */
  readonly writer: pg.Pool;
  close(): Promise<void>;
}

export async function openGateway(fill: (writer: pg.Pool) => Promise<void>): Promise<Gateway> {
  const { urls } = await testDatabase();
  process.env['DATABASE_URL'] = urls['api-gateway'];
  // Nothing here needs a broker.
  process.env['KAFKA_BROKERS'] = '127.0.0.1:1';
  process.env['LOG_LEVEL'] = 'silent';
  await migrate(urls['stats-projector'], 'read_model', migrations, 'read_model_migrations');
  const writer = new pg.Pool({ connectionString: urls['stats-projector'], max: 1 });
  await fill(writer);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, httpAdapter(), { logger: false });
  serveDescription(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    writer,
    async get(path) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
    },
    async close() {
      await app.close();
      await writer.end();
    },
  };
}
