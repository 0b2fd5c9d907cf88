import { decimal, text, type Decimal } from '@slipstream/domain';
import { CopyRow, rowOfValues, valuesOf } from '@slipstream/read-model';

/** A copy with its sums as decimals. */
export interface Copy {
  readonly row: Omit<CopyRow, 'realisedPnl' | 'fees'>;
  readonly realisedPnl: Decimal;
  readonly fees: Decimal;
  /** Number of the last provider order it has decided on; 0: none. */
  readonly lastOrder: number;
}

/**
 * Copies by id, each kept as one text. There are hundreds of thousands of them, and few are touched in a second: as objects
 * they are millions, and each walk of the garbage collector through them holds everything up for half a second.
 */
export class PackedCopies {
  private readonly texts = new Map<string, string>();

  get(copyId: string): Copy | undefined {
    const packed = this.texts.get(copyId);
    return packed === undefined ? undefined : unpacked(packed);
  }

  /** The copy as it is kept: equal texts are the same copy. */
  textOf(copyId: string): string | undefined {
    return this.texts.get(copyId);
  }

  has(copyId: string): boolean {
    return this.texts.has(copyId);
  }

  set(copyId: string, { row, realisedPnl, fees, lastOrder }: Copy): void {
    const whole: CopyRow = { ...row, realisedPnl: text(realisedPnl), fees: text(fees) };
    this.texts.set(copyId, JSON.stringify([lastOrder, ...valuesOf(CopyRow, whole)]));
  }

  keys(): Iterable<string> {
    return this.texts.keys();
  }
}

/** A copy of its text. */
export function unpacked(packed: string): Copy {
  const [lastOrder, ...values] = JSON.parse(packed) as unknown[];
  const { realisedPnl, fees, ...row } = rowOfValues(CopyRow, values);
  return { row, realisedPnl: decimal(realisedPnl), fees: decimal(fees), lastOrder: lastOrder as number };
}
