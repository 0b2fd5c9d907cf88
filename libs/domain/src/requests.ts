/** Requests an aggregate has seen in the last 7 days of market time, oldest first. */
export interface Requests {
  /** Latest time of its requests. */
  readonly latestAt: number;
  readonly requests: readonly Request[];
}

export interface Request {
  readonly id: string;
  readonly at: number;
  /** What it asked for, so that the same id with another body is told apart; null for one that was refused. */
  readonly body: string | null;
}

/** Requests are remembered for 7 days of market time; older ones are refused. */
const rememberMs = 7 * 86_400_000;

export const noRequests: Requests = { latestAt: 0, requests: [] };

/** What is known of a request id: fresh, the same again, another body under the same id, or too old to know. */
export function requestKind(
  known: Requests,
  id: string,
  at: number,
  body: string,
): 'fresh' | 'seen' | 'reused' | 'old' {
  const request = known.requests.find((one) => one.id === id);
  if (request) return request.body === null || request.body === body ? 'seen' : 'reused';
  return at < known.latestAt - rememberMs ? 'old' : 'fresh';
}

/** The requests with one more; those that are too old now are forgotten. */
export function withRequest<T extends Requests>(known: T, id: string, at: number, body: string | null): T {
  if (known.requests.some((request) => request.id === id)) return known;
  const latestAt = Math.max(known.latestAt, at);
  const kept = known.requests.filter((request) => request.at >= latestAt - rememberMs);
  return { ...known, latestAt, requests: [...kept, { id, at, body }] };
}
