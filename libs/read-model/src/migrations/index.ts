import { ReadModel1732233600000 } from './1732233600000-read-model.js';
import { OutcomeLedger1763856000000 } from './1763856000000-outcome-ledger.js';

/** Migrations of the schema `read_model`, oldest first. */
export const migrations = [ReadModel1732233600000, OutcomeLedger1763856000000];
