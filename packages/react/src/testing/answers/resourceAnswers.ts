/** The server in memory: the leases on a whole resource. */
import { wholeResource } from '@rowlock/protocol';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createResourceAnswers({
  views,
  permissions,
  assertResources,
}: AnswerParts): Answers<'listLocks'> {
  return {
    listLocks: ({ actor }, { resource, limit, after }) => {
      const whole = wholeResource(resource);
      assertResources([whole]);
      permissions.require({ actor, action: 'watch', records: [whole] });
      const later = views
        .listLocks(resource, actor)
        .filter(({ lease }) => after === undefined || Number(lease.id) > Number(after));
      const locks = later.slice(0, limit);
      return later.length > limit ? { locks, next: locks.at(-1)!.lease.id } : { locks };
    },
  };
}
