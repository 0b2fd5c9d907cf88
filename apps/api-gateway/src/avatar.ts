import { createHash } from 'node:crypto';

const size = 5;

/** A picture made from an id alone (SVG): a symmetric pattern of five by five, so that two providers are told apart. */
export function avatarOf(id: string): string {
  const digest = createHash('sha256').update(id).digest();
  const hue = Math.round(((digest[0] ?? 0) / 255) * 359);
  const cells: string[] = [];
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < 3; column += 1) {
      if ((digest[1 + row * 3 + column] ?? 0) % 2 === 0) continue;
      for (const x of new Set([column, size - 1 - column]))
        cells.push(`<rect x="${x + 1}" y="${row + 1}" width="1" height="1"/>`);
    }
  const picture = `<rect width="7" height="7" fill="hsl(${hue} 40% 94%)"/><g fill="hsl(${hue} 55% 42%)">${cells.join('')}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 7 7" shape-rendering="crispEdges">${picture}</svg>`;
}
