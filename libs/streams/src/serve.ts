import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceName } from '@slipstream/contracts';
import { Logger as NestPinoLogger } from 'nestjs-pino';
import type { Logger as Pino } from 'pino';
import { loadServiceConfig } from './config.js';
import { messageOf } from './errors.js';
import { httpAdapter } from './http-adapter.js';
import { loggerOf, serveAs } from './process.js';
import { StreamStrategy } from './strategy.js';

/**
 * Runs a service until it is told to stop: its stream, and HTTP for health and metrics. SIGTERM and SIGINT end it with
 * 0 after everything is saved and committed; what can't be mended ends it with 1 and one line that says why.
 * @param prepare adds to the application before it listens, such as its API description
 */
export async function serve(
  appModule: Type<unknown>,
  service: ServiceName,
  prepare?: (app: NestFastifyApplication) => void,
): Promise<void> {
  serveAs(service);
  const logger = loggerOf(service, 'info');
  try {
    const config = loadServiceConfig(process.env, service);
    logger.level = config.logLevel;
    const app = await NestFactory.create<NestFastifyApplication>(appModule, httpAdapter(), {
      bufferLogs: true,
      abortOnError: false,
    });
    const nestLogger = app.get(NestPinoLogger);
    app.useLogger(nestLogger);
    const strategy = app.get<StreamStrategy | null>(StreamStrategy, { strict: false });
    prepare?.(app);
    endOnSignal(app, logger);
    if (strategy) {
      app.connectMicroservice({ strategy });
      await app.startAllMicroservices();
      strategy
        .runs()
        ?.done()
        .catch((error: unknown) => end(logger, error));
    }
    await app.listen({ host: config.host, port: config.port });
    const { port } = app.getHttpServer().address() as AddressInfo;
    logger.info({ port }, 'listening');
  } catch (error) {
    end(logger, error);
  }
}

function end(logger: Pino, error: unknown): void {
  const detail = error instanceof Error ? error.stack : undefined;
  logger.fatal({ reason: messageOf(error), detail }, `stopped: ${messageOf(error)}`);
  logger.flush();
  process.exit(1);
}

function endOnSignal(app: NestFastifyApplication, logger: Pino): void {
  let ending = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (ending) return;
    ending = true;
    logger.info({ signal }, 'stopping');
    app.close().then(
      () => {
        logger.info({}, 'stopped');
        logger.flush();
        process.exit(0);
      },
      (error: unknown) => end(logger, error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
