import { decimal, type Decimal } from '../money.js';

/** Closed lead positions with net PnL > 0 ÷ all closed; null when none is closed. */
export const winRate = (wonPositions: number, closedPositions: number): Decimal | null =>
  closedPositions === 0 ? null : decimal(String(wonPositions)).div(decimal(String(closedPositions)));
