import { Ledger1732233600000 } from './1732233600000-ledger.js';

/** Migrations of the schema `settlement`, oldest first. */
export const migrations = [Ledger1732233600000];
