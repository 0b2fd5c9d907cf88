/** Why a copy is settled; each cause once per copy, a period once per boundary. */
export type SettlementCause =
  | { readonly kind: 'period'; /** Start of the next period, ms. */ readonly boundary: number }
  | { readonly kind: 'stop' | 'retirement'; /** ms. */ readonly at: number };

/** The moment of it, ms. */
export const causedAt = (cause: SettlementCause): number => (cause.kind === 'period' ? cause.boundary : cause.at);

/** Made of the copy and the cause alone, so that a repeated settlement has the same id, whenever it comes. */
export const settlementIdOf = (copyId: string, cause: SettlementCause): string =>
  cause.kind === 'period' ? `${copyId}/period-${cause.boundary}` : `${copyId}/${cause.kind}`;
