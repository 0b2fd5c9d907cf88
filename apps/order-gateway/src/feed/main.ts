import { pino, destination } from 'pino';
import { BadArguments, parseArguments } from './arguments.js';
import { connectionOf } from './connection.js';
import { exitCodes, type FeedMessage } from './messages.js';
import { runFeed } from './run-feed.js';

/** Runs the feed as a process: messages as NDJSON on stdout, logs on stderr. Resolves with the exit code. */
export async function main(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const log = pino({ name: 'feed', level: environment['LOG_LEVEL'] ?? 'info' }, destination({ dest: 2, sync: true }));
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  const tell = (message: FeedMessage): void => {
    process.stdout.write(`${JSON.stringify(message)}\n`);
  };
  try {
    const options = parseArguments(argv);
    log.info({ options }, 'feed starts');
    return await runFeed(options, connectionOf(environment), tell, stop.signal);
  } catch (error) {
    const sentence = error instanceof BadArguments ? `Wrong arguments: ${error.message}` : (error as Error).message;
    log.error({ detail: (error as Error).stack }, 'feed failed');
    process.stderr.write(`${sentence}\n`);
    return exitCodes.failed;
  }
}
