import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Running } from './options.js';

/** Starts a fold or a projection. */
export type Start = () => Promise<Running>;

/** Nest's transport of a service: no handlers, a fold or a projection that runs over its topics. */
export class StreamStrategy extends Server implements CustomTransportStrategy {
  private running: Running | null = null;

  constructor(private readonly start: Start) {
    super();
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.running = await this.start();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await this.running?.stop();
  }

  /** Null before `listen` has finished. */
  runs(): Running | null {
    return this.running;
  }

  on(): void {
    throw new Error('A stream has no events to listen to.');
  }

  unwrap<T>(): T {
    return this.running as T;
  }
}
