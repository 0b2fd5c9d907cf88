import type { ProviderOrder } from '@slipstream/contracts';
import type { Instrument } from '../instrument.js';
import { decimal, min, one, type Decimal } from '../money.js';
import { defaultPolicy, jurisdictionOf, type Policy } from '../policy.js';

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
  /** Of the provider, at most the platform's. */
  readonly leverage: Decimal;
  readonly leverageMax: Decimal;
  /** Worth so little that a fixed amount isn't copied. */
  readonly dust: boolean;
  /** Countries whose followers may not open the instrument; null: none. */
  readonly barred: ((country: string) => boolean) | null;
  /** A close whose mark is worse than the provider's price by more than the collar: into so many slices; 1: not sliced. */
  readonly slices: number;
  /** To be reserved per quantity of 1, by leverage: unit ÷ leverage + fee. */
  readonly reservePerUnit: (leverage: Decimal) => Decimal;
}

/** The only divisions of an order: 1 ÷ p, usage ÷ p and 1 ÷ leverage. */
export function orderFacts(order: ProviderOrder, instrument: Instrument, policy: Policy = defaultPolicy): OrderFacts {
  const price = decimal(order.price);
  const quantity = decimal(order.quantity);
  const mark = decimal(order.mark);
  const unit = price.times(instrument.contractSize);
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
    quantity,
    usage,
    usagePerUnit: usage && usage.div(unit),
    kept: one.minus(decimal(order.fraction)),
    mark,
    leverage: min(order.leverage === null ? defaultLeverage : decimal(order.leverage), policy.leverageMax),
    leverageMax: policy.leverageMax,
    dust: quantity.times(unit).lt(policy.dustNotional),
    barred: barredBy(policy, order.instrument),
    slices: isCollared(order.side, price, mark, policy) ? policy.closeSlices : 1,
    reservePerUnit,
  };
}

/** The mark has run away from the provider's price, to the worse, by more than the collar. */
function isCollared(side: ProviderOrder['side'], price: Decimal, mark: Decimal, policy: Policy): boolean {
  const away = price.times(policy.closeCollarRatio);
  return side === 'sell' ? mark.lt(price.minus(away)) : mark.gt(price.plus(away));
}

function barredBy(policy: Policy, instrument: string): OrderFacts['barred'] {
  const bars = (country: string): boolean => jurisdictionOf(policy, country).blockedInstruments.includes(instrument);
  return Object.keys(policy.jurisdictions).some(bars) ? bars : null;
}
