import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

/** A log file that starts empty and never grows beyond twice its limit: the older half is kept as `.1`. */
export class LogFile {
  readonly path: string;
  private readonly bytesMax: number;
  private readonly onError: (error: Error) => void;
  /** Null once closed. */
  private file: number | null;
  private written = 0;
  /** The last lines, for the message when the process ends badly. */
  private readonly tail: string[] = [];

  /** @param onError is told of a write that failed (a full disk) */
  constructor(path: string, bytesMax = 64 * 1024 * 1024, onError: (error: Error) => void = () => undefined) {
    this.path = path;
    this.bytesMax = bytesMax;
    this.onError = onError;
    this.file = openSync(path, 'w');
  }

  write(line: string): void {
    this.tail.push(line);
    if (this.tail.length > 20) this.tail.shift();
    if (this.file === null) return;
    try {
      if (this.written > this.bytesMax) this.rotate(this.file);
      this.written += writeSync(this.file, `${line}\n`);
    } catch (error) {
      this.onError(error as Error);
    }
  }

  lastLines(count: number): string {
    return this.tail.slice(-count).join('\n');
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  private rotate(full: number): void {
    closeSync(full);
    renameSync(this.path, `${this.path}.1`);
    this.file = openSync(this.path, 'w');
    this.written = 0;
  }
}
