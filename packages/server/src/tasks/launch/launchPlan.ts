/** Plans a launch: checks permissions, parses the input and asks for the records. Nothing is acquired yet. */
import { type Actor, plainText, type RecordKey } from '@rowlock/protocol';
import { boundedText } from '../../boundedText.ts';
import { RowlockError } from '../../errors.ts';
import { MAX_RECORDS_PER_LEASE } from '../../locks/registry/requests.ts';
import type { Permissions } from '../../permissions.ts';
import { bareActor } from '../../signIns.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import { type LaunchInput, readInput } from './launchInput.ts';

const MAX_LABEL_LENGTH = 200;

export interface LaunchPlan {
  definition: TaskDefinition;
  actor: Actor;
  input: LaunchInput;
  records: readonly RecordKey[];
  label: string;
  /** The present trace as a string, for the run. Undefined without a trace */
  carry?(): string | undefined;
}

export type Plan = (
  definition: TaskDefinition,
  rawInput: unknown,
  options: {
    actor: Actor;
    /** Replaces the records that the definition would select */
    records?: readonly RecordKey[];
  },
) => Promise<LaunchPlan>;

/**
 * `authorize` is asked twice: by the task's name, then with its input and records.
 * @throws {RowlockError} `bad_request` (input or records), `unknown_resource`, `too_many_records`, `forbidden`
 */
export function createPlanner(deps: {
  definitions: ReadonlyMap<string, TaskDefinition>;
  permissions: Permissions;
}): Plan {
  const { definitions, permissions } = deps;
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;

  return async (definition, rawInput, { actor, records: given }) => {
    const { name } = definition;
    if (definitions.get(name)?.run !== definition.run) {
      throw new RowlockError(
        'bad_request',
        `Task "${name}" is not among the tasks of createRowlock, so no worker could run it. Add it there.`,
      );
    }
    // Before the input is parsed and the records are selected: neither costs anything for users who may not launch it.
    await permissions.require({ actor, action: 'launch', task: { name } });
    const input = await readInput(definition, rawInput);
    const records = given ?? (await distinctRecords(definition.records(input.parsed, { actor })));
    if (records.length === 0) {
      throw new RowlockError(
        'bad_request',
        'The selection is empty, so there is nothing to do. Widen the selection.',
      );
    }
    assertRecords(records);
    await permissions.require({ actor, action: 'launch', records, task: { name }, input: input.parsed });
    return {
      definition,
      // It is stored and sent, so it has no fields of the application.
      actor: bareActor(actor),
      input,
      records,
      label: plainText(boundedText(definition.label?.(input.parsed) ?? name, MAX_LABEL_LENGTH)) || name,
    };
  };
}

/** Collects all pages, without duplicates. */
async function distinctRecords(given: ReturnType<TaskDefinition['records']>): Promise<readonly RecordKey[]> {
  if (!(Symbol.asyncIterator in given)) return [...new Set(await given)];
  const records = new Set<RecordKey>();
  for await (const page of given) {
    for (const record of page) records.add(record);
    if (records.size > MAX_RECORDS_PER_LEASE) {
      throw new RowlockError(
        'too_many_records',
        `The task would touch more than ${MAX_RECORDS_PER_LEASE.toLocaleString('en')} records, which is the most that ` +
          'a lease covers. Nothing was locked. Lock records above them with scope "subtree", or launch several tasks.',
      );
    }
  }
  return [...records];
}
