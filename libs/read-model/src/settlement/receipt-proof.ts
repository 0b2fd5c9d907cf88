import { createHash } from 'node:crypto';
import { SettlementRow, SubscriptionChargeRow } from '../entities/settlement.js';
import { tableOf } from '../rows.js';

/** A receipt as far as its hash goes. */
export type HashedReceipt = Omit<SettlementRow, 'hash' | 'periodNo' | 'duplicates'>;
export type HashedMonth = Omit<SubscriptionChargeRow, 'hash' | 'duplicates'>;

const unhashed = ['hash', 'periodNo', 'duplicates'];
const namesOf = (entity: new () => object): string[] =>
  tableOf(entity)
    .columns.map(({ property }) => property)
    .filter((property) => !unhashed.includes(property))
    .sort();

let settlementNames: string[] | undefined;
let olderNames: string[] | undefined;
let chargeNames: string[] | undefined;

/**
 * What the hash of a receipt is over: JSON with its names sorted, money as text, times in ms. What wasn't told when it was made
 * (`unrealised`) is left out, so that its hash stays.
 */
export function hashedReceipt(row: HashedReceipt): string {
  const names = (settlementNames ??= namesOf(SettlementRow));
  // The list of names sorts natively: there is a receipt for each copy of a boundary.
  if (row.unrealised !== null) return JSON.stringify(row, names);
  return JSON.stringify(row, (olderNames ??= names.filter((name) => name !== 'unrealised')));
}

/** The same of a month of a subscription. */
export const hashedMonth = (row: HashedMonth): string =>
  JSON.stringify(row, (chargeNames ??= namesOf(SubscriptionChargeRow)));

/** SHA-256 (hex) over a receipt with its log positions. */
export const receiptProofOf = (row: HashedReceipt): string => digest(hashedReceipt(row));

/** The same over a month of a subscription. */
export const chargeProofOf = (row: HashedMonth): string => digest(hashedMonth(row));

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
