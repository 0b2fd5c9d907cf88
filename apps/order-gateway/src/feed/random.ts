/**
 * Seeded random numbers (sfc32 over a hashed seed). Only integer operations, + − × ÷: the same on every machine.
 * For simulation, never for anything secret.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  constructor(seed: string) {
    const hash = hashOf(seed);
    this.a = hash();
    this.b = hash();
    this.c = hash();
    for (let i = 0; i < 15; i += 1) this.next();
  }

  /** Evenly, 0 ≤ x < 1. */
  next(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  /** About normal, mean 0, deviation 1, within ±6: a sum of twelve. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += this.next();
    return sum;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, 0 ≤ n < below. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

/** xmur3: a string to any number of 32-bit seeds. */
function hashOf(seed: string): () => number {
  let h = 1779033703 ^ seed.length;
  for (const unit of Buffer.from(seed, 'utf8')) {
    h = Math.imul(h ^ unit, 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    h ^= h >>> 16;
    return h | 0;
  };
}
