import { createHash } from 'node:crypto';
import { SettlementRow, SubscriptionChargeRow } from '../entities/settlement.js';
import { tableOf } from '../rows.js';

const namesOf = (entity: new () => object): string[] =>
  tableOf(entity)
    .columns.map(({ property }) => property)
    .filter((property) => property !== 'hash' && property !== 'duplicates')
    .sort();

let settlementNames: string[] | undefined;
let chargeNames: string[] | undefined;

/** SHA-256 (hex) over a receipt with its log positions: JSON with its names sorted, money as text, times in ms. */
export const receiptProofOf = (row: Omit<SettlementRow, 'hash' | 'duplicates'>): string =>
  digest(row, (settlementNames ??= namesOf(SettlementRow)));

/** The same over a month of a subscription. */
export const chargeProofOf = (row: Omit<SubscriptionChargeRow, 'hash' | 'duplicates'>): string =>
  digest(row, (chargeNames ??= namesOf(SubscriptionChargeRow)));

// The list of names sorts natively: there is a receipt for each copy of a boundary.
const digest = (row: object, names: string[]): string =>
  createHash('sha256').update(JSON.stringify(row, names)).digest('hex');
