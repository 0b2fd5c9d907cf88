import { decimal, text } from '@slipstream/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../embedded/common.ts';

interface TrialBalance {
  readonly ledgerSum: string;
  readonly differences: number;
}

async function ask<T>(url: string): Promise<T | undefined> {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as T) : undefined;
}

/** @throws Error where the ledger doesn't sum to zero, or a balance isn't what its postings give; undefined: not reached */
export async function checkTrialBalance(url: string): Promise<TrialBalance | undefined> {
  const found = await ask<TrialBalance>(`${url}/trial-balance`);
  if (found && (found.ledgerSum !== '0' || found.differences !== 0))
    throw new Error(`The trial balance is off: ${JSON.stringify(found)}`);
  return found;
}

/**
 * Resolves when the platform has its 2 % of what each of the copies owes (nothing yet: when the copies are funded), and
 * the ledger sums to zero.
 * @throws Error when it takes longer than it may
 */
export async function untilBooked(url: string, copies: number, owedByEach: string, patienceMs: number): Promise<void> {
  const fee = decimal(owedByEach).times('0.02').round(8);
  const wanted = text(fee.times(String(copies)));
  const startedMs = performance.now();
  for (;;) {
    const account = owedByEach === '0' ? 'fees' : 'platform-revenue';
    const found = await ask<{ balances: Readonly<Record<string, string>> }>(`${url}/accounts/${account}`);
    const balance = found?.balances['USDT'];
    const isThere = owedByEach === '0' ? balance === text(decimal('0.25').times(String(copies))) : balance === wanted;
    if (isThere) break;
    if (performance.now() - startedMs > patienceMs)
      throw new StartError(`${account} has ${balance ?? 'nothing'} after ${patienceMs / 1000} s.`);
    await sleep(100);
  }
  await checkTrialBalance(url);
}
