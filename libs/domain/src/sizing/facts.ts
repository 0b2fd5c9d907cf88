import type { ProviderOrder } from '@slipstream/contracts';
import type { Instrument } from '../instrument.js';
import { decimal, one, type Decimal } from '../money.js';

/** Fee of a market order at the venue: 0.05 % of the notional. */
export const takerFeeRatio = decimal('0.0005');
/** Leverage where the source gives none. */
export const defaultLeverage = decimal('10');

/** What all copies of one provider order have in common, computed once per order. */
export interface OrderFacts {
  readonly order: ProviderOrder;
  readonly instrument: Instrument;
  /** Open or increase. */
  readonly opens: boolean;
  /** +1 buy, −1 sell. */
  readonly direction: 1 | -1;
  /** Notional of a quantity of 1: price × contract size. */
  readonly unit: Decimal;
  /** 1 ÷ unit. */
  readonly perUnit: Decimal;
  readonly quantity: Decimal;
  readonly usage: Decimal | null;
  /** usage ÷ unit. */
  readonly usagePerUnit: Decimal | null;
  /** 1 − fraction. */
  readonly kept: Decimal;
  readonly mark: Decimal;
  readonly leverage: Decimal;
  /** To be reserved per quantity of 1, by leverage: unit ÷ leverage + fee. */
  readonly reservePerUnit: (leverage: Decimal) => Decimal;
}

/** The only divisions of an order: 1 ÷ p, usage ÷ p and 1 ÷ leverage. */
export function orderFacts(order: ProviderOrder, instrument: Instrument): OrderFacts {
  const unit = decimal(order.price).times(instrument.contractSize);
  const usage = order.usage === null ? null : decimal(order.usage);
  const reserves = new Map<Decimal, Decimal>();
  const reservePerUnit = (leverage: Decimal): Decimal => {
    let reserve = reserves.get(leverage);
    if (!reserve) reserves.set(leverage, (reserve = unit.div(leverage).plus(unit.times(takerFeeRatio))));
    return reserve;
  };
  return {
    order,
    instrument,
    opens: order.effect === 'open' || order.effect === 'increase',
    direction: order.side === 'buy' ? 1 : -1,
    unit,
    perUnit: one.div(unit),
    quantity: decimal(order.quantity),
    usage,
    usagePerUnit: usage && usage.div(unit),
    kept: one.minus(decimal(order.fraction)),
    mark: decimal(order.mark),
    leverage: order.leverage === null ? defaultLeverage : decimal(order.leverage),
    reservePerUnit,
  };
}
