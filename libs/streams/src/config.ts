import type { ServiceName } from '@slipstream/contracts';
import { z } from 'zod';

/** What every service reads from its environment. */
export interface ServiceConfig {
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly topicPrefix: string;
  readonly logLevel: string;
  readonly saveIntervalMs: number;
  readonly rules: string;
  readonly schemaRegistryUrl: string | null;
}

const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const blankIsAbsent = (value: unknown): unknown => (value === '' ? undefined : value);

const shape = {
  KAFKA_BROKERS: z.string().regex(/^[^,\s]+:\d+(,[^,\s]+:\d+)*$/),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(0),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]*$/)
    .default(''),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SAVE_INTERVAL_MS: wholeNumber(5, 600_000).default(2000),
  RULES: z.string().max(100).default('1'),
  SCHEMA_REGISTRY_URL: z.url().optional(),
};
const advice: Record<keyof typeof shape, string> = {
  KAFKA_BROKERS: 'give host:port, several separated by commas, for example 127.0.0.1:9092',
  DATABASE_URL: 'give postgresql://user:password@host:port/database',
  HOST: 'give the address to listen on, for example 127.0.0.1',
  PORT: 'give a number from 0 (any free port) to 65535',
  TOPIC_PREFIX: 'use letters, digits, dot, underscore and dash only',
  LOG_LEVEL: 'use trace, debug, info, warn, error, fatal or silent',
  SAVE_INTERVAL_MS: 'give milliseconds from 5 to 600000',
  RULES: 'give at most 100 characters',
  SCHEMA_REGISTRY_URL: 'give a URL such as http://host:8081, or leave it out',
};

/**
 * The configuration of a service from its environment.
 * @throws Error naming each wrong variable, its value and what to do
 */
export function loadServiceConfig(
  env: Readonly<Record<string, string | undefined>>,
  service?: ServiceName,
): ServiceConfig {
  const input = Object.fromEntries(Object.keys(shape).map((name) => [name, blankIsAbsent(env[name])]));
  const parsed = z.object(shape).safeParse(input);
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map((issue) => issue.path[0] as keyof typeof shape))];
    const lines = names.map((name) => `${name} is ${shown(name, env[name])}: ${advice[name]}`);
    throw new Error(`${service ?? 'service'} can't start: ${lines.join('; ')}.`);
  }
  const value = parsed.data;
  return {
    brokers: value.KAFKA_BROKERS.split(','),
    databaseUrl: value.DATABASE_URL,
    host: value.HOST,
    port: value.PORT,
    topicPrefix: value.TOPIC_PREFIX,
    logLevel: value.LOG_LEVEL,
    saveIntervalMs: value.SAVE_INTERVAL_MS,
    rules: value.RULES,
    schemaRegistryUrl: value.SCHEMA_REGISTRY_URL ?? null,
  };
}

/** A wrong value as it may be shown: never a password. */
function shown(name: string, value: string | undefined): string {
  if (value === undefined || value === '') return 'not set';
  return JSON.stringify(name === 'DATABASE_URL' ? value.replace(/:[^:@/]*@/, ':***@') : value);
}
