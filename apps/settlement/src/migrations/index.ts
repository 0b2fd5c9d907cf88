import { Ledger1732233600000 } from './1732233600000-ledger.js';
import { Chains1764288000000 } from './1764288000000-chains.js';
import { Roots1764374400000 } from './1764374400000-roots.js';
import { Turnovers1764421200000 } from './1764421200000-turnovers.js';

/** Migrations of the schema `settlement`, oldest first. */
export const migrations = [Ledger1732233600000, Chains1764288000000, Roots1764374400000, Turnovers1764421200000];
