import { ReadModel1732233600000 } from './1732233600000-read-model.js';

/** Migrations of the schema `read_model`, oldest first. */
export const migrations = [ReadModel1732233600000];
