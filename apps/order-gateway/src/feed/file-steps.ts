import { OrderForming } from './form-orders.js';
import { StepPlan, type Step } from './plan-steps.js';
import { readFills, type Malformed } from './read-fills.js';

/**
 * All steps of a fills file, from the first. The file is read line by line while the steps are taken.
 * @param onMalformed is told each line that is left out
 * @throws UnreadableFile
 */
export async function* fileSteps(
  path: string,
  id: string,
  clockStart: number | null,
  onMalformed: (malformed: Malformed) => void,
): AsyncGenerator<Step> {
  const plan = new StepPlan(id, clockStart);
  const forming = new OrderForming();
  for await (const entry of readFills(path)) {
    if ('malformed' in entry) {
      onMalformed(entry.malformed);
      continue;
    }
    for (const order of forming.take(entry.fill)) yield* plan.order(order.record);
  }
  for (const order of forming.end()) yield* plan.order(order.record);
  yield* plan.end();
}
