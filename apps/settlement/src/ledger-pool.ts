/** Token of the pool that what is asked over HTTP is read with. */
export const ledgerPool = Symbol('ledger pool');
