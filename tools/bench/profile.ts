import { writeFile } from 'node:fs/promises';

/** A CPU profile of another Node process, taken over its inspector. */
export interface Profiler {
  start(): Promise<void>;
  /** Writes what was recorded since `start`; opens in the developer tools of a browser. */
  stop(file: string): Promise<void>;
  close(): void;
}

interface Answer {
  readonly id: number;
  readonly result?: { readonly profile?: object };
  readonly error?: { readonly message: string };
}

/** @param url the one the process prints when it is started with --inspect */
export async function connectProfiler(url: string): Promise<Profiler> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`no inspector answers at ${url}`));
  });
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  };
  const ask = async (method: string, params: object = {}): Promise<Answer['result']> => {
    const id = ++last;
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  };
  await ask('Profiler.enable');
  await ask('Profiler.setSamplingInterval', { interval: 500 });
  return {
    start: async () => void (await ask('Profiler.start')),
    stop: async (file) => {
      const result = await ask('Profiler.stop');
      await writeFile(file, JSON.stringify(result?.profile ?? {}));
    },
    close: () => socket.close(),
  };
}
