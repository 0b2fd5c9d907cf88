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
  const found = await ask<TrialBalance>(`${url}/trial-balance?check=postings`);
  if (found && (found.ledgerSum !== '0' || found.differences !== 0))
    throw new Error(`The trial balance is off: ${JSON.stringify(found)}`);
  return found;
}

/** What an account of the ledger has, USDT; undefined: nothing yet, or not reached. */
export async function balanceOf(url: string, account: string): Promise<string | undefined> {
  const found = await ask<{ balances: Readonly<Record<string, string>> }>(`${url}/accounts/${account}`);
  return found?.balances['USDT'];
}

/** A balance that an account of the ledger comes to, USDT. */
export interface Booked {
  readonly account: string;
  readonly balance: string;
}

/**
 * Resolves when an account has come to a balance; then the ledger sums to zero.
 * @throws Error when it takes longer than it may
 */
export async function untilBooked(url: string, { account, balance }: Booked, patienceMs: number): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    const has = await balanceOf(url, account);
    if (has === balance) break;
    if (performance.now() - startedMs > patienceMs)
      throw new StartError(`${account} has ${has ?? 'nothing'} after ${patienceMs / 1000} s.`);
    await sleep(100);
  }
  await checkTrialBalance(url);
}
