/** A dry run: the records that a launch would lock, and the conflicts now. Acquires nothing. */
import type { Actor, Conflict, Preview } from '@rowlock/protocol';
import { mergeConflicts } from '../../locks/registry/leaseRow.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import { MAX_RECORDS_PER_STEP } from '../../locks/registry/requests.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { DescribeConflicts } from '../read/describeConflicts.ts';
import type { Plan } from './launchPlan.ts';

const SAMPLE_SIZE = 20;

export type PreviewTask = (
  definition: TaskDefinition,
  rawInput: unknown,
  options: { actor: Actor },
) => Promise<Preview>;

export const createPreview =
  ({
    registry,
    plan,
    describeConflicts,
  }: {
    registry: InternalRegistry;
    plan: Plan;
    describeConflicts: DescribeConflicts;
  }): PreviewTask =>
  async (definition, rawInput, { actor }) => {
    const { records, label } = await plan(definition, rawInput, { actor });
    const { mode = 'exclusive', scope = 'record' } = definition;
    const reports: Conflict[][] = [];
    let freeCount = records.length;
    for (let start = 0; start < records.length; start += MAX_RECORDS_PER_STEP) {
      const some = records.slice(start, start + MAX_RECORDS_PER_STEP);
      const { conflicts, blockedCount } = await registry.survey({ records: some, mode, scope });
      reports.push(conflicts);
      freeCount -= blockedCount;
    }
    return {
      recordCount: records.length,
      records: records.slice(0, SAMPLE_SIZE),
      freeCount,
      conflicts: await describeConflicts(mergeConflicts(reports), { visibleTo: actor }),
      label,
    };
  };
