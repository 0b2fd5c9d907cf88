/** What a settlement starts from; decimal text. */
export interface ReceiptInputs {
  /** The two parts of equityBefore; null: told from later on. */
  readonly cash: string | null;
  readonly unrealised: string | null;
  readonly equityOpening: string;
  readonly deposits: string;
  readonly withdrawals: string;
  readonly gapOpening: string;
  readonly profitShareRatio: string;
  readonly dueBefore: string;
  readonly available: string;
  readonly platformFeeRatio: string;
}

/** What follows, each from what is above it. */
export interface ReceiptResults {
  readonly equityBefore: string;
  readonly pnl: string;
  readonly gapWithdrawn: string;
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

/** By how much a withdrawal has lowered the gap; the flows that are shown, and how many aren't. */
export interface GapFlows {
  readonly shown: readonly { readonly kind: string; readonly gapBefore: string; readonly gapAfter: string }[];
  readonly leftOut: number;
}

/** The formulas of `SettlementFigures` (libs/domain, settlement), in their order. */
const formulas: readonly (readonly [name: keyof ReceiptResults, formula: string])[] = [
  ['equityBefore', 'cash + unrealised'],
  ['pnl', 'equityBefore − equityOpening − deposits + withdrawals'],
  ['gapWithdrawn', 'Σ (gapBefore − gapAfter) of the withdrawals'],
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

/**
 * Every step of a settlement, spelled out so that it can be worked out by hand.
 * @param flows of its period
 */
export const stepsOf = (figures: ReceiptInputs & ReceiptResults, flows: GapFlows): readonly ReceiptStep[] =>
  formulas.map(([name, formula]) => ({
    name,
    formula: spelledOut(name, formula, figures, flows),
    value: figures[name],
  }));

function spelledOut(
  name: keyof ReceiptResults,
  formula: string,
  figures: ReceiptInputs & ReceiptResults,
  flows: GapFlows,
): string {
  if (name === 'gapWithdrawn') return `${formula} = ${gapSum(flows)}`;
  if (name === 'equityBefore' && figures.unrealised === null)
    return 'as measured; its parts were not told when it was made';
  return `${formula} = ${inNumbers(formula, figures)}`;
}

const inBrackets = (value: string): string => (value.startsWith('-') ? `(${value})` : value);

function inNumbers(formula: string, figures: ReceiptInputs & ReceiptResults): string {
  return formula.replace(/[a-zA-Z]+/g, (name) => {
    const value = (figures as unknown as Readonly<Record<string, string | null | undefined>>)[name];
    return value === undefined || value === null ? name : inBrackets(value);
  });
}

function gapSum({ shown, leftOut }: GapFlows): string {
  const parts = shown
    .filter(({ kind }) => kind === 'withdrawal')
    .map(({ gapBefore, gapAfter }) => `(${inBrackets(gapBefore)} − ${inBrackets(gapAfter)})`);
  const rest = leftOut > 0 ? [`those of ${leftOut} more flows`] : [];
  return [...parts, ...rest].join(' + ') || '0';
}
