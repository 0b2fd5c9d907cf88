export {
  amountDecimals,
  cutToStep,
  decimal,
  max,
  min,
  one,
  quotientDecimals,
  roundAmount,
  text,
  zero,
  type Decimal,
} from './money.js';
