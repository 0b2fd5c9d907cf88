/** A simulated perpetual. */
export interface DemoInstrument {
  readonly name: string;
  /** Price at the start, in ticks. */
  readonly startTicks: number;
  /** Decimals of the tick size. */
  readonly priceDecimals: number;
  /** Decimals of the lot size. */
  readonly lotDecimals: number;
  /** How much it moves with the whole market. */
  readonly beta: number;
  /** Deviation of its own moves per minute. */
  readonly ownMove: number;
}

const instrument = (
  name: string,
  startTicks: number,
  priceDecimals: number,
  lotDecimals: number,
  beta: number,
  ownMove: number,
): DemoInstrument => ({ name, startTicks, priceDecimals, lotDecimals, beta, ownMove });

/** Real names, plausible prices; the moves are made up. */
export const instruments: readonly DemoInstrument[] = [
  instrument('BTCUSDT', 876_540, 1, 3, 0.8, 0.0002),
  instrument('ETHUSDT', 297_045, 2, 3, 1, 0.0003),
  instrument('SOLUSDT', 12_462, 2, 1, 1.3, 0.0005),
  instrument('BNBUSDT', 86_330, 2, 2, 0.7, 0.0003),
  instrument('XRPUSDT', 18_412, 4, 1, 1, 0.0005),
  instrument('DOGEUSDT', 117_330, 6, 0, 1.3, 0.0006),
  instrument('ADAUSDT', 33_310, 5, 0, 1.2, 0.0005),
  instrument('LINKUSDT', 12_184, 3, 2, 1.2, 0.0005),
  instrument('AVAXUSDT', 12_287, 3, 0, 1.3, 0.0006),
  instrument('SUIUSDT', 140_270, 5, 1, 1.5, 0.0007),
];

/** A whole number of units of 10^-decimals as decimal text, exactly. */
export function unitsText(units: number, decimals: number): string {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  const sign = units < 0 ? '-' : '';
  if (decimals === 0) return sign + digits;
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return sign + digits.slice(0, -decimals) + (fraction === '' ? '' : `.${fraction}`);
}
