/** The resources that the server in memory knows. */
import { type RecordKey, resourceOf } from '@rowlock/protocol';
import { Refusal } from './refusal.ts';

/** @throws {Refusal} `unknown_resource` */
export type AssertResources = (records: readonly RecordKey[]) => void;

/** Undefined: every resource is known. */
export const createAssertResources =
  (resources: readonly string[] | undefined): AssertResources =>
  (records) => {
    const unknown = records.map(resourceOf).find((resource) => resources && !resources.includes(resource));
    if (unknown === undefined) return;
    throw new Refusal({
      code: 'unknown_resource',
      message: `The resource "${unknown}" is unknown here. Use one of: ${resources?.join(', ')}.`,
    });
  };
