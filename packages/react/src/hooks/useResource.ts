import { useContext } from 'react';
import { ResourceContext } from './contexts.ts';

/**
 * The kind of rows that a hook is about.
 *
 * @throws {Error} if neither the option nor a `<RowlockResource>` names it
 */
export function useResource(hook: string, given: string | undefined): string {
  const nearest = useContext(ResourceContext);
  const resource = given ?? nearest;
  if (resource !== undefined) return resource;
  throw new Error(
    `${hook} does not know which rows are meant, since ids have no resource. ` +
      'Pass { resource: \'cities\' }, or wrap the page in <RowlockResource name="cities">.',
  );
}
