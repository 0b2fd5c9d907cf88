import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { ledgerPool } from '../src/ledger-pool.js';

/** Controllers of the service over a pool; the stream is not what is asked here. */
export async function serveLedger(
  pool: pg.Pool,
  controller: Type<unknown>,
): Promise<{ readonly base: string; readonly app: NestFastifyApplication }> {
  @Module({ controllers: [controller], providers: [{ provide: ledgerPool, useValue: pool }] })
  class Ledger {}
  const app = await NestFactory.create<NestFastifyApplication>(Ledger, new FastifyAdapter(), { logger: false });
  app.enableShutdownHooks();
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, base: `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}` };
}
