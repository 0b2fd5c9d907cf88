import { requireFreePort } from './preflight.ts';
import type { ServiceProcess } from './services.ts';

/** Services that are asked over HTTP, in the order of their ports: the API's, which is the one that is chosen, and the next ones. */
const asked = ['api-gateway', 'settlement', 'notifier'] as const satisfies readonly ServiceProcess[];
const portMax = 65_535;

/**
 * The ports of services that people ask: the same at every start. Another free one (0) where a neighbour of the API's is taken;
 * services that aren't in it have any.
 * @param port of the API; 0: any for all of them
 */
export async function portsFrom(port: number): Promise<Readonly<Partial<Record<ServiceProcess, number>>>> {
  const ports = asked.map(async (name, index) => {
    if (index === 0 || port === 0) return [name, port] as const;
    const next = port + index;
    const isFree =
      next <= portMax &&
      (await requireFreePort(next).then(
        () => true,
        () => false,
      ));
    return [name, isFree ? next : 0] as const;
  });
  return Object.fromEntries(await Promise.all(ports));
}
