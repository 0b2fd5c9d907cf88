import type { MarkPrices, RecordProviderFills } from '@slipstream/contracts';
import type { Instruments } from '../instrument.js';
import { noMarks, withMarks, type LineMarks } from '../market/marks.js';
import { parseFill, type ParsedFill } from '../order/parse-fill.js';
import { providerFrom, withOrder, type Provider } from '../order/provider.js';
import { takeOrders } from '../order/take-order.js';
import type { LineRecord } from './simulate-copy.js';

/** Makes what a provider did, as the edge tells it, into the line that its copies see: for a what-if over a history of fills. */
export class ProviderLine {
  private provider: Provider;
  private marks: LineMarks = noMarks;

  /** @param startingCapital equity before the first fill, which sizes in proportion rest on */
  constructor(
    readonly providerId: string,
    startingCapital: string,
    private readonly instruments: Instruments,
  ) {
    this.provider = providerFrom({ providerId, startingCapital });
  }

  /**
   * What a record adds to the line: the marks themselves, or the one or two orders of some fills.
   * @throws Error when a fill isn't what it should be
   */
  take(record: MarkPrices | RecordProviderFills): readonly LineRecord[] {
    if (record.type === 'MarkPrices') {
      this.marks = withMarks(this.marks, record.marks);
      return [record];
    }
    const fills = record.fills.map((fill): ParsedFill => {
      const parsed = parseFill(fill);
      if (typeof parsed === 'string') throw new Error(`${this.providerId}: ${parsed}`);
      return parsed;
    });
    const market = { mark: (instrument: string) => this.marks.prices[instrument], instruments: this.instruments };
    return takeOrders(this.provider, record, fills, market).map((taken) => {
      this.provider = withOrder(this.provider, taken);
      return taken.order;
    });
  }
}
