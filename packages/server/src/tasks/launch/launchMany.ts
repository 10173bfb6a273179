/** Many launches in one call. They are independent: a refused launch does not affect the others. */
import type { Launched } from '@rowlock/protocol';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { InputOf, Schema } from '../definition/schema.ts';
import type { Launcher } from './launch.ts';
import type { LaunchOptions } from './launchOptions.ts';

const AT_ONCE = 8;

export interface LaunchRequest<Input extends Schema = Schema, Result = unknown> {
  definition: TaskDefinition<Input, Result>;
  input: InputOf<Input>;
  options: LaunchOptions;
}

export type LaunchResult = Launched | { error: unknown };

/**
 * One result for each request, in their order. Requests for the same records are also served in this order, up to eight at
 * once.
 */
export async function launchMany(
  { launch }: Pick<Launcher, 'launch'>,
  requests: readonly LaunchRequest[],
): Promise<LaunchResult[]> {
  const results: LaunchResult[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let i = next++; i < requests.length; i = next++) {
      const { definition, input, options } = requests[i]!;
      results[i] = await launch(definition, input, options).catch((error: unknown) => ({ error }));
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
