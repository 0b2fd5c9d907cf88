import { decimal, isZero, noFigures, type Decimal, type Figures } from '@slipstream/domain';

/** Figures of a day without anything. */
export const idleText = '{}';
const names = Object.keys(noFigures) as (keyof Figures)[];

/** Figures as JSON: decimals as text; what is nothing is left out, so that an idle day is `{}`. */
export function figuresText(figures: Figures): string {
  const told: Partial<Record<keyof Figures, Decimal | number | null>> = {};
  for (const name of names) {
    const value = figures[name];
    const isNothing = value === null || (typeof value === 'number' ? value === 0 : isNothingOf(name, value));
    if (!isNothing) told[name] = value;
  }
  return JSON.stringify(told);
}

/** A largest or worst of 0 is something; a sum of 0 isn't. */
const isNothingOf = (name: keyof Figures, value: Decimal): boolean => noFigures[name] !== null && isZero(value);

/** Figures from their JSON. */
export function parseFigures(json: string): Figures {
  if (json === idleText) return noFigures;
  const saved = JSON.parse(json) as Partial<Record<keyof Figures, string | number | null>>;
  // A copy of something that has them all: see `rowOf`.
  const revived: Record<string, Decimal | number | null> = { ...noFigures };
  for (const [name, value] of Object.entries(saved)) revived[name] = typeof value === 'string' ? decimal(value) : value;
  return revived as unknown as Figures;
}
