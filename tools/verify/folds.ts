// The deciding services as they are built, with the configuration of their processes.
import type { Fold } from '@slipstream/streams';
import { demoPolicy } from '../start/services.ts';

type MakeFold = (...configuration: unknown[]) => Fold<unknown>;
type Load = (env: NodeJS.ProcessEnv) => unknown;

const load = async <T>(path: string): Promise<T> =>
  (await import(new URL(`../../apps/${path}`, import.meta.url).href)) as T;

/** The four folds; instruments, policy and slippage as this environment configures them, the policy of `npm start` without. */
export async function loadFolds(): Promise<Fold<unknown>[]> {
  const env = process.env;
  const engine = await load<{ copyEngine: MakeFold }>('copy-engine/dist/fold.js');
  const sizer = await load<{ positionSizer: MakeFold }>('position-sizer/dist/fold.js');
  const gateway = await load<{ orderGateway: MakeFold }>('order-gateway/dist/fold.js');
  const settlement = await load<{ settlementFold: MakeFold }>('settlement/dist/fold/fold.js');
  const venue = await load<{ paperVenue: (...configuration: unknown[]) => unknown }>(
    'order-gateway/dist/paper-venue.js',
  );
  const { loadInstruments, loadSlippage } = await load<{ loadInstruments: Load; loadSlippage: Load }>(
    'order-gateway/dist/config.js',
  );
  const { loadPolicy } = await load<{ loadPolicy: Load }>('copy-engine/dist/config.js');
  const instruments = loadInstruments(env);
  const policy = loadPolicy({ ...env, POLICY_FILE: env['POLICY_FILE'] || demoPolicy });
  return [
    engine.copyEngine(instruments, policy),
    sizer.positionSizer(instruments, policy),
    gateway.orderGateway(venue.paperVenue(instruments, loadSlippage(env))),
    settlement.settlementFold(policy),
  ];
}
