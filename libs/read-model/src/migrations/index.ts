import { OutcomeLedger1763856000000 } from './1763856000000-outcome-ledger.js';
import { PublicPlaces1764028800000 } from './1764028800000-public-places.js';
import { Receipts1764115200000 } from './1764115200000-receipts.js';
import { ReceiptFlows1764201600000 } from './1764201600000-receipt-flows.js';
import { ReadModel1732233600000 } from './1732233600000-read-model.js';
import { Statistics1763942400000 } from './1763942400000-statistics.js';

/** Migrations of the read model, oldest first. */
export const migrations = [
  ReadModel1732233600000,
  OutcomeLedger1763856000000,
  Statistics1763942400000,
  PublicPlaces1764028800000,
  Receipts1764115200000,
  ReceiptFlows1764201600000,
];
