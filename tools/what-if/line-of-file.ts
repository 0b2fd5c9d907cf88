import { ProviderLine, type Instruments, type LineRecord } from '@slipstream/domain';
import type { MarkPrices, RecordProviderFills } from '@slipstream/contracts';

interface Step {
  readonly commands: readonly { readonly record: { readonly type: string } }[];
}
type FileSteps = (
  path: string,
  id: string,
  clockStart: number | null,
  onMalformed: (malformed: { readonly line: number; readonly reason: string }) => void,
) => AsyncIterable<Step>;

/**
 * The line of one provider of a fills file, as the feed makes it: its orders, its marks before them, and the marks of the
 * whole market each hour and at each UTC midnight.
 * @throws Error when the file can't be read, or has no such provider
 */
export async function lineOfFile(
  path: string,
  providerId: string,
  capital: string,
  instruments: Instruments,
): Promise<LineRecord[]> {
  const feed = new URL('../../apps/order-gateway/dist/feed/file-steps.js', import.meta.url).href;
  const { fileSteps } = (await import(feed)) as { fileSteps: FileSteps };
  const provider = new ProviderLine(providerId, capital, instruments);
  const line: LineRecord[] = [];
  const malformed = ({ line: at, reason }: { line: number; reason: string }): void =>
    console.error(`line ${at} of ${path} is left out: ${reason}`);
  let orders = 0;
  for await (const { commands } of fileSteps(path, 'what-if', null, malformed)) {
    const [first, second] = commands.map(({ record }) => record as MarkPrices | RecordProviderFills);
    const order = second?.type === 'RecordProviderFills' ? second : null;
    if (order && order.providerId !== providerId) continue;
    if (first?.type === 'MarkPrices') line.push(...provider.take(first));
    if (!order) continue;
    line.push(...provider.take(order));
    orders += 1;
  }
  if (orders === 0) throw new Error(`There are no fills of provider ${providerId} in ${path}.`);
  return line;
}
