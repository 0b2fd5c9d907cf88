import { writeFileSync } from 'node:fs';

/** Header of the 13-column format. */
export const header =
  'portfolio_id,seq,time_ms,symbol,side,position_side,price,qty,quote_qty,fee,fee_asset,realized_profit,active_buy';

export interface SyntheticFill {
  readonly provider: string;
  readonly seq: number;
  readonly time: number;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly positionSide: 'LONG' | 'SHORT' | 'BOTH';
  readonly price: string;
  readonly qty: string;
  readonly fee: string;
  readonly feeAsset?: string;
  readonly realised?: string;
}

/** One line of the 13-column format. */
export function line(fill: SyntheticFill): string {
  return [
    fill.provider,
    fill.seq,
    fill.time,
    fill.symbol,
    fill.side,
    fill.positionSide,
    fill.price,
    fill.qty,
    '',
    fill.fee,
    fill.feeAsset ?? 'USDT',
    fill.realised ?? '',
    '',
  ].join(',');
}

/** Writes lines under the header. */
export function writeFills(file: string, lines: readonly string[]): void {
  writeFileSync(file, `${[header, ...lines].join('\n')}\n`);
}
