import type { QueryRunner } from 'typeorm';

/**
 * Lets the ledger be booked anew from the first record of the journal, which is kept for ever: what a new version writes can't
 * be made from the rows of an older one. The raised epoch stops a process that still has the older version.
 */
export async function replayJournal(queryRunner: QueryRunner): Promise<void> {
  // On a new database there is nothing to go back to.
  if (!(await queryRunner.hasTable('settlement.projection_positions'))) return;
  await queryRunner.query('UPDATE settlement.projection_positions SET position = 0, epoch = epoch + 1');
}
