/** What a settlement starts from; decimal text. */
export interface ReceiptInputs {
  readonly equityOpening: string;
  readonly deposits: string;
  readonly withdrawals: string;
  readonly pnl: string;
  readonly gapOpening: string;
  readonly gapWithdrawn: string;
  readonly profitShareRatio: string;
  readonly dueBefore: string;
  readonly available: string;
  readonly platformFeeRatio: string;
}

/** What follows, each from what is above it. */
export interface ReceiptResults {
  readonly equityBefore: string;
  readonly gapBefore: string;
  readonly newProfit: string;
  readonly gapAfter: string;
  readonly accrued: string;
  readonly providerGross: string;
  readonly dueAfter: string;
  readonly platformFee: string;
  readonly providerNet: string;
  readonly equityAfter: string;
}

/** One figure: its formula in names, then in numbers, and what it comes to. */
export interface ReceiptStep {
  readonly name: keyof ReceiptResults;
  readonly formula: string;
  readonly value: string;
}

/** The formulas of `SettlementFigures` (libs/domain, settlement), in their order. */
const formulas: readonly (readonly [name: keyof ReceiptResults, formula: string])[] = [
  ['equityBefore', 'equityOpening + deposits − withdrawals + pnl'],
  ['gapBefore', 'gapOpening − pnl − gapWithdrawn'],
  ['newProfit', 'max(0, −gapBefore)'],
  ['gapAfter', 'max(0, gapBefore)'],
  ['accrued', 'round(newProfit × profitShareRatio)'],
  ['providerGross', 'min(dueBefore + accrued, available)'],
  ['dueAfter', 'dueBefore + accrued − providerGross'],
  ['platformFee', 'round(providerGross × platformFeeRatio)'],
  ['providerNet', 'providerGross − platformFee'],
  ['equityAfter', 'equityBefore − providerGross'],
];

/** `round` in the formulas. */
export const rounding = 'round(…) is half-even, to 8 decimals';

/** Every step of a settlement, spelled out so that it can be worked out by hand. */
export const stepsOf = (figures: ReceiptInputs & ReceiptResults): readonly ReceiptStep[] =>
  formulas.map(([name, formula]) => ({
    name,
    formula: `${formula} = ${inNumbers(formula, figures)}`,
    value: figures[name],
  }));

function inNumbers(formula: string, figures: ReceiptInputs & ReceiptResults): string {
  return formula.replace(/[a-zA-Z]+/g, (name) => {
    const value = (figures as unknown as Readonly<Record<string, string | undefined>>)[name];
    if (value === undefined) return name;
    return value.startsWith('-') ? `(${value})` : value;
  });
}
