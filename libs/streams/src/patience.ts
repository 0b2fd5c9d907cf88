import { InvariantBroken, messageOf } from './errors.js';
import type { Logger } from './options.js';

/** How long a broker or database may be away before the process gives up. */
const patienceMs = 60_000;

/** Tries again for a while; a broken invariant isn't tried again. */
export async function withPatience<T>(
  what: string,
  { logger, stopping }: { readonly logger: Logger; readonly stopping?: () => boolean },
  work: () => Promise<T>,
  pauseMsMax = 3000,
): Promise<T> {
  const until = Date.now() + patienceMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMsMax, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof InvariantBroken || stopping?.() === true) throw error;
      if (Date.now() + pauseMs > until) throw new Error(`${what}: ${messageOf(error)}`, { cause: error });
      logger.warn({ reason: messageOf(error) }, `${what}, trying again`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
