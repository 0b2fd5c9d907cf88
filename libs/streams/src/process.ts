import type { ServiceName } from '@slipstream/contracts';
import { pino, type Logger } from 'pino';

const loggers = new Map<ServiceName, Logger>();
let served: ServiceName | undefined;

/** The process's logger: JSON lines on standard output. */
export function loggerOf(service: ServiceName, level: string): Logger {
  let logger = loggers.get(service);
  if (!logger) {
    logger = pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime });
    loggers.set(service, logger);
  }
  return logger;
}

/** Says which service this process is. */
export function serveAs(service: ServiceName): void {
  served = service;
}

/** @throws Error outside of `serve` */
export function servedService(): ServiceName {
  if (served === undefined)
    throw new Error('The service has no name: give it to ServiceModule, or start it by serve().');
  return served;
}
