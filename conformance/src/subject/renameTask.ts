/** The task that tabs launch. Its input names its records. */
import type { RecordKey } from '@rowlock/protocol';
import { defineTask, type TaskDefinition } from '@rowlock/server';
import { z } from 'zod';

const input = z.object({ records: z.array(z.string()) });
const label = ({ records }: z.output<typeof input>) => `Rename ${records.length} cities`;

export const renameTask = defineTask({
  name: 'rename',
  input,
  label,
  supportsPartial: true,
  records: ({ records }) => records as RecordKey[],
  run() {},
}) as unknown as TaskDefinition;

/** The same for a server in memory. */
export const renameInMemory = {
  label,
  supportsPartial: true,
  records: (given: unknown) => input.parse(given).records as RecordKey[],
};
