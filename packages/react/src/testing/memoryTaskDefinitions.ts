/** The tasks that tabs may launch on the server in memory, and what a launch of each would lock. */
import type { Actor, LockMode, RecordKey } from '@rowlock/protocol';
import type { MemoryPermissions } from './memoryPermissions.ts';
import type { AssertResources } from './memoryResources.ts';
import { badRequest, Refusal } from './refusal.ts';

/** A task that tabs may launch: the parts of its definition that show on a screen. It has no run. */
export interface MemoryTask<Input = unknown> {
  /** The records that a launch locks. Throw an error to refuse the input as malformed */
  records(input: Input): readonly RecordKey[];
  /** Default: the name */
  label?(input: Input): string;
  /** Default: no tags */
  tags?(input: Input): readonly string[];
  /** Default `exclusive` */
  mode?: LockMode;
  /** Whether it can be launched for some of its records. Default false */
  supportsPartial?: boolean;
}

/** A launch whose input was read. */
export interface PlannedLaunch {
  name: string;
  input: unknown;
  label: string;
  mode: LockMode;
  supportsPartial: boolean;
  tags: readonly string[];
  records: readonly RecordKey[];
}

export class MemoryTaskDefinitions {
  readonly #permissions: MemoryPermissions;
  readonly #assertResources: AssertResources;
  readonly #definitions = new Map<string, MemoryTask>();

  constructor(permissions: MemoryPermissions, assertResources: AssertResources) {
    this.#permissions = permissions;
    this.#assertResources = assertResources;
  }

  define(name: string, definition: MemoryTask): void {
    this.#definitions.set(name, definition);
  }

  has(name: string): boolean {
    return this.#definitions.has(name);
  }

  /** @throws {Refusal} `not_found`, `bad_request`, `forbidden` */
  plan(actor: Actor, name: string, input: unknown): PlannedLaunch {
    const definition = this.#definitions.get(name);
    if (!definition) {
      throw new Refusal({
        code: 'not_found',
        message: `No task with the name "${name}" can be launched here.`,
      });
    }
    const question = { actor, action: 'launch', task: { name } } as const;
    this.#permissions.require(question);
    const { mode = 'exclusive', supportsPartial = false } = definition;
    const records = selectRecords(name, definition, input);
    if (records.length === 0) throw badRequest('The selection is empty, so there is nothing to do.');
    this.#assertResources(records);
    this.#permissions.require({ ...question, records, input });
    const label = definition.label?.(input) ?? name;
    const tags = definition.tags?.(input) ?? [];
    return { name, input, label, mode, supportsPartial, tags, records };
  }
}

function selectRecords(name: string, definition: MemoryTask, input: unknown): readonly RecordKey[] {
  try {
    return [...new Set(definition.records(input))];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badRequest(`The input of "${name}" is malformed: ${reason}. Correct the input and launch again.`);
  }
}
