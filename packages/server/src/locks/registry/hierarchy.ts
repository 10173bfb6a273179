/**
 * What is above what, as the application says: for each resource the resources that its records may be under, and a
 * resolver that gives each record's ancestors. A lock on a subtree is checked against them (multi-granularity locking).
 *
 * Ancestors are asked for when records are claimed, and are fixed for the life of the lease: a row that moves to another
 * parent under a lock is still covered as it was.
 */
import { idOf, isRecordKey, isResource, malformed, type RecordKey, resourceOf } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';

export interface ResourceRules {
  /** Every resource that a record of this one may be under, not the direct parents alone */
  under: readonly string[];
  /**
   * For each of `ids`, in their order, all records above it: parents, their parents, and so on. Asked for once an
   * acquire, with all of its ids; where it throws, nothing is acquired.
   */
  ancestorsOf(
    ids: readonly string[],
  ): readonly (readonly RecordKey[])[] | Promise<readonly (readonly RecordKey[])[]>;
}

/** By resource; one that is absent has nothing above it. */
export type HierarchyRules = Readonly<Record<string, ResourceRules>>;

export interface Hierarchy {
  /** The resources whose records may be under a record of `resource` */
  below(resource: string): readonly string[];
  /** Whether a record of `resource` may have records above it */
  isUnderAny(resource: string): boolean;
  /** Undefined where nothing can be above a record of `resource`. @throws {RowlockError} `internal` */
  ancestorsOf(
    resource: string,
    ids: readonly string[],
  ): Promise<readonly (readonly RecordKey[])[]> | undefined;
}

/** @throws {TypeError} where the rules contradict themselves */
export function createHierarchy(rules: HierarchyRules = {}): Hierarchy {
  const below = new Map<string, string[]>();
  for (const [resource, { under }] of Object.entries(rules)) {
    assertRules(rules, resource, under);
    for (const above of under) below.set(above, [...(below.get(above) ?? []), resource]);
  }
  const isUnderAny = (resource: string) => Object.hasOwn(rules, resource);
  return {
    below: (resource) => below.get(resource) ?? [],
    isUnderAny,
    ancestorsOf(resource, ids) {
      const of = isUnderAny(resource) ? rules[resource] : undefined;
      return of && resolve(resource, of, ids);
    },
  };
}

async function resolve(
  resource: string,
  { under, ancestorsOf }: ResourceRules,
  ids: readonly string[],
): Promise<readonly (readonly RecordKey[])[]> {
  const answer = await ancestorsOf(ids);
  const fail = (what: string) =>
    new RowlockError(
      'internal',
      `The hierarchy's ancestorsOf for "${resource}" ${what}. Nothing was locked; correct the resolver.`,
    );
  if (!Array.isArray(answer) || answer.length !== ids.length) {
    throw fail(`must answer one list for each of the ${ids.length} ids, in their order`);
  }
  const known = new Set(under);
  const checked = new Set<RecordKey>();
  for (const ancestors of answer as RecordKey[][]) {
    for (const ancestor of ancestors) {
      if (checked.has(ancestor)) continue;
      if (!isRecordKey(ancestor))
        throw fail(`answered an ancestor that is no record: ${malformed(ancestor)}`);
      if (!known.has(resourceOf(ancestor))) {
        throw fail(`answered "${ancestor}", whose resource is not among "under": [${under.join(', ')}]`);
      }
      checked.add(ancestor);
    }
  }
  return answer;
}

function assertRules(rules: HierarchyRules, resource: string, under: readonly string[]): void {
  for (const name of [resource, ...under]) {
    if (!isResource(name)) throw new TypeError(`hierarchy: ${JSON.stringify(name)} is no resource's name.`);
  }
  for (const above of under) {
    if (above === resource) continue;
    if (rules[above]?.under.includes(resource)) {
      throw new TypeError(
        `hierarchy: "${resource}" is under "${above}", and "${above}" under "${resource}".`,
      );
    }
    for (const further of rules[above]?.under ?? []) {
      if (!under.includes(further)) {
        throw new TypeError(
          `hierarchy: "${resource}" is under "${above}", which is under "${further}", so "${resource}" is under ` +
            `"${further}" too. Name it, and let ancestorsOf give it.`,
        );
      }
    }
  }
}

export type Ancestors = ReadonlyMap<RecordKey, readonly RecordKey[]>;

/** Asks for what is above records, in one call for each resource. Records with nothing above them are absent. */
export async function resolveAncestors(
  hierarchy: Hierarchy,
  records: readonly RecordKey[],
): Promise<Map<RecordKey, readonly RecordKey[]>> {
  const keysOf = new Map<string, RecordKey[]>();
  for (const key of records) {
    const keys = keysOf.get(resourceOf(key));
    if (keys) keys.push(key);
    else keysOf.set(resourceOf(key), [key]);
  }
  const found = new Map<RecordKey, readonly RecordKey[]>();
  for (const [resource, keys] of keysOf) {
    const answer = await hierarchy.ancestorsOf(resource, keys.map(idOf));
    if (answer) for (const [i, key] of keys.entries()) found.set(key, answer[i]!);
  }
  return found;
}

/** A hierarchy that asks nobody: it has been told what is above each record. */
export const knownHierarchy = (hierarchy: Hierarchy, ancestors: Ancestors): Hierarchy => ({
  below: hierarchy.below,
  isUnderAny: () => ancestors.size > 0,
  ancestorsOf: (resource, ids) =>
    ancestors.size === 0
      ? undefined
      : Promise.resolve(ids.map((id) => ancestors.get(`${resource}/${id}`) ?? [])),
});
