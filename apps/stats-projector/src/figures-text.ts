import { decimal, noFigures, type Decimal, type Figures } from '@slipstream/domain';

/** Figures as JSON: decimals as text. */
export const figuresText = (figures: Figures): string => JSON.stringify(figures);

/** Figures from their JSON. */
export function parseFigures(json: string): Figures {
  const saved = JSON.parse(json) as Record<keyof Figures, string | number | null>;
  const revived: Record<string, Decimal | number | null> = {};
  for (const name of Object.keys(noFigures) as (keyof Figures)[]) {
    const value = saved[name];
    revived[name] = typeof value === 'string' ? decimal(value) : value;
  }
  return revived as unknown as Figures;
}
