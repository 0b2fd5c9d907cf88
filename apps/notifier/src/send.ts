import { types } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { publicLookup, refusalOfForm } from './allow-url.js';

/** What is sent: the same id and bytes at each attempt. */
export interface Message {
  readonly id: string;
  readonly url: string;
  readonly payload: string;
  /** Valid secrets, newest first. */
  readonly secrets: readonly string[];
}

/** What came of one attempt. */
export interface Attempt {
  readonly attemptedAt: Date;
  readonly durationMs: number;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** Why it counts as failed; null for 2xx. */
  readonly error: string | null;
  /** At most the first kibibyte of the answer. */
  readonly response: string;
}

/** Sends messages; `signal` gives an attempt up. */
export interface Sender {
  send(message: Message, signal: AbortSignal): Promise<Attempt>;
  close(): Promise<void>;
}

const responseBytesMax = 1024;
/** An answer that has come counts; its text is waited for this long at most. */
const responsePatienceMs = 2000;

/** Headers of an attempt by Standard Webhooks: one signature per valid secret. */
export function signedHeaders({ id, payload, secrets }: Message, at: Date): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Slipstream-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, payload)).join(' '),
  };
}

/** A sender that connects to allowed addresses only and follows no redirects. */
export function openSender({
  toLoopback,
  timeoutMs,
}: {
  readonly toLoopback: boolean;
  readonly timeoutMs: number;
}): Sender {
  const agent = new Agent({
    connect: { lookup: publicLookup(toLoopback), timeout: timeoutMs },
    keepAliveTimeout: 5000,
  });
  return {
    close: () => agent.destroy(),
    async send(message, signal) {
      const attemptedAt = new Date();
      const answer = await ask(agent, message, attemptedAt, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), {
        toLoopback,
        timeoutMs,
      });
      return { attemptedAt, durationMs: Date.now() - attemptedAt.getTime(), ...answer };
    },
  };
}

type Answer = Pick<Attempt, 'status' | 'error' | 'response'>;

async function ask(
  dispatcher: Agent,
  message: Message,
  at: Date,
  signal: AbortSignal,
  { toLoopback, timeoutMs }: { readonly toLoopback: boolean; readonly timeoutMs: number },
): Promise<Answer> {
  const failed = (error: string): Answer => ({ status: null, error, response: '' });
  const refusal = refusalOfForm(new URL(message.url), toLoopback);
  if (refusal !== null) return failed(refusal);
  if (message.secrets.length === 0) return failed('no secret to sign with: rotate the secret');
  try {
    const { statusCode, body } = await request(message.url, {
      method: 'POST',
      headers: signedHeaders(message, at),
      body: message.payload,
      dispatcher,
      signal,
    });
    const response = await beginningOf(body);
    return { status: statusCode, error: errorOf(statusCode), response };
  } catch (error) {
    if (signal.aborted) return failed(`no answer within ${timeoutMs} ms`);
    return failed(types.isNativeError(error) ? causeOf(error) : String(error));
  }
}

function errorOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `answered ${status}: redirects are not followed, change the URL`;
  return `answered ${status}`;
}

const causeOf = (error: Error): string => {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && !error.message.includes(code) ? `${code}: ${error.message}` : error.message;
};

/** What comes of the body in time; the rest isn't read. */
async function beginningOf(
  body: AsyncIterable<Buffer> & { destroy(error?: Error): unknown; on: NodeJS.EventEmitter['on'] },
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Destroyed on purpose: what it says of that is of no interest.
  body.on('error', () => undefined);
  const timer = setTimeout(() => body.destroy(), responsePatienceMs);
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= responseBytesMax) break;
    }
  } catch {
    // Broken off: what has come is kept.
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, responseBytesMax).toString('utf8');
  // PostgreSQL has no text with NUL.
  return text.replaceAll('\0', '');
}
