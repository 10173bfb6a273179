/**
 * The application's hierarchy: for each resource, the resources that its records may be under, and a resolver for each
 * record's ancestors. Locks on subtrees are checked against them (multi-granularity locking).
 *
 * A request resolves the ancestors once, and they stay for the life of the lease: a row that moves to another parent
 * under a lock is covered as before.
 */
import { idOf, isRecordKey, isResource, malformed, type RecordKey, resourceOf } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';

export interface ResourceRules {
  /** Every resource that a record of this one may be under, not the direct parents alone */
  under: readonly string[];
  /**
   * All records above each of `ids`, in their order: parents, their parents, and so on. Called once for each request, with
   * all of its ids. If it throws, nothing is acquired.
   */
  getAncestors(
    ids: readonly string[],
  ): readonly (readonly RecordKey[])[] | Promise<readonly (readonly RecordKey[])[]>;
}

/** By resource. An absent resource has no ancestors. */
export type HierarchyRules = Readonly<Record<string, ResourceRules>>;

export interface Hierarchy {
  /** The resources whose records may be under a record of `resource` */
  below(resource: string): readonly string[];
  /** Whether a record of `resource` may have records above it */
  isUnderAny(resource: string): boolean;
  /** Undefined if records of `resource` have no ancestors. @throws {RowlockError} `internal` */
  getAncestors(
    resource: string,
    ids: readonly string[],
  ): Promise<readonly (readonly RecordKey[])[]> | undefined;
}

/** @throws {TypeError} if the rules contradict themselves */
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
    getAncestors(resource, ids) {
      const of = isUnderAny(resource) ? rules[resource] : undefined;
      return of && resolve(resource, of, ids);
    },
  };
}

async function resolve(
  resource: string,
  { under, getAncestors }: ResourceRules,
  ids: readonly string[],
): Promise<readonly (readonly RecordKey[])[]> {
  const answer = await getAncestors(ids);
  const fail = (what: string) =>
    new RowlockError(
      'internal',
      `The hierarchy's getAncestors for "${resource}" ${what}. Nothing was locked; correct the resolver.`,
    );
  if (!Array.isArray(answer) || answer.length !== ids.length) {
    throw fail(`did not answer one list for each of the ${ids.length} ids, in their order`);
  }
  const known = new Set(under);
  const checked = new Set<RecordKey>();
  for (const ancestors of answer as RecordKey[][]) {
    for (const ancestor of ancestors) {
      if (checked.has(ancestor)) continue;
      if (!isRecordKey(ancestor)) throw fail(`answered a malformed ancestor: ${malformed(ancestor)}`);
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
    if (!isResource(name))
      throw new TypeError(
        `hierarchy: ${JSON.stringify(name)} is not the name of a resource. Use a lower-case word.`,
      );
  }
  for (const above of under) {
    if (above === resource) continue;
    if (rules[above]?.under.includes(resource)) {
      throw new TypeError(
        `hierarchy: "${resource}" is under "${above}", and "${above}" is under "${resource}". Remove one of the two.`,
      );
    }
    for (const further of rules[above]?.under ?? []) {
      if (!under.includes(further)) {
        throw new TypeError(
          `hierarchy: "${resource}" is under "${above}", which is under "${further}", so "${resource}" is under ` +
            `"${further}" too. Name it, and let getAncestors answer it.`,
        );
      }
    }
  }
}

export type Ancestors = ReadonlyMap<RecordKey, readonly RecordKey[]>;

/** Resolves the ancestors of records, with one call for each resource. Records without ancestors are absent. */
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
    const answer = await hierarchy.getAncestors(resource, keys.map(idOf));
    if (answer) for (const [i, key] of keys.entries()) found.set(key, answer[i]!);
  }
  return found;
}

/** A hierarchy with known ancestors, which calls no resolver. */
export const knownHierarchy = (hierarchy: Hierarchy, ancestors: Ancestors): Hierarchy => ({
  below: hierarchy.below,
  isUnderAny: () => ancestors.size > 0,
  getAncestors: (resource, ids) =>
    ancestors.size === 0
      ? undefined
      : Promise.resolve(ids.map((id) => ancestors.get(`${resource}/${id}`) ?? [])),
});
