interface Due {
  /** ms */
  readonly at: number;
  readonly key: string;
}

/** Keys by the moment at which they are due: a tick looks only at those whose moment has come. */
export class DueMonths {
  /** Sorted by moment, then key. */
  private readonly due: Due[] = [];

  add(at: number, key: string): void {
    this.due.splice(this.placeOf(at, key), 0, { at, key });
  }

  delete(at: number, key: string): void {
    const place = this.placeOf(at, key);
    const found = this.due[place];
    if (found?.at === at && found.key === key) this.due.splice(place, 1);
  }

  /** Keys whose moment has come, the earliest first. */
  until(at: number): string[] {
    const keys: string[] = [];
    for (const one of this.due) {
      if (one.at > at) break;
      keys.push(one.key);
    }
    return keys;
  }

  /** Where it stands, or would: the first that isn't before it. */
  private placeOf(at: number, key: string): number {
    let [low, high] = [0, this.due.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const one = this.due[middle] as Due;
      if (one.at < at || (one.at === at && one.key < key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
