import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, StartError } from './common.ts';

const run = promisify(execFile);
const pomFolder = join(root, 'deploy', 'kafka');

/** Version of Kafka that `deploy/kafka/pom.xml` asks for. */
export async function kafkaVersion(): Promise<string> {
  const pom = await readFile(join(pomFolder, 'pom.xml'), 'utf8');
  const version = /<kafka\.version>([^<]+)</.exec(pom)?.[1];
  if (version === undefined) throw new StartError('deploy/kafka/pom.xml names no kafka.version.');
  return version;
}

/** Folder with Kafka's jars; fetched once with Maven (the one on the PATH, else the wrapper) into `.cache`. */
export async function kafkaJars(): Promise<string> {
  const cache = join(root, '.cache', `kafka-${await kafkaVersion()}`);
  const libs = join(cache, 'libs');
  if (existsSync(libs)) return libs;
  const fetched = join(cache, `fetching-${process.pid}`);
  await mkdir(cache, { recursive: true });
  await copyWithMaven(fetched);
  // Renamed at the end, so that a fetch that was cut off leaves nothing that looks complete.
  await rename(fetched, libs).catch(async (error: unknown) => {
    await rm(fetched, { recursive: true, force: true });
    if (!existsSync(libs)) throw error;
  });
  return libs;
}

async function copyWithMaven(output: string): Promise<void> {
  const maven = (await hasMaven()) ? 'mvn' : join(pomFolder, 'mvnw');
  try {
    await run(maven, ['-q', '-B', '-ntp', '-f', join(pomFolder, 'pom.xml'), 'package', `-Doutput=${output}`], {
      cwd: pomFolder,
      maxBuffer: 16 * 1024 * 1024,
    });
  } catch (error) {
    await rm(output, { recursive: true, force: true });
    const reason = String((error as { stdout?: string }).stdout ?? error)
      .split('\n')
      .find((line) => line.includes('ERROR'));
    throw new StartError(
      `Maven could not fetch Apache Kafka (${reason ?? String(error)}). Check the connection to the Maven repository, ` +
        'or set KAFKA_BROKERS=host:port to use an existing broker.',
    );
  }
}

async function hasMaven(): Promise<boolean> {
  return await run('mvn', ['--version']).then(
    () => true,
    () => false,
  );
}
