import { ConflictModal } from '@rowlock/react';
import { useCityLabel } from './useCityLabel.ts';
import type { Launch, RefusedLaunch } from './useLaunch.ts';

/** Shows why a task was not launched, and the choices. */
export function LaunchConflict({ refused, launch }: { refused: RefusedLaunch; launch: Launch }) {
  const { request, problem } = refused;
  const conflicts = problem.conflicts ?? [];
  const recordLabel = useCityLabel(conflicts);
  const heldCount = conflicts.reduce((sum, { recordCount }) => sum + recordCount, 0);
  return (
    <ConflictModal
      key={conflicts[0]?.lease.id}
      error={problem}
      total={request.count}
      recordLabel={recordLabel}
      onClose={launch.forget}
      onRetryWhenFree={() => launch.start(request)}
      {...(heldCount < request.count && {
        onContinueWithFree: () => launch.start(request, { withoutHeld: true }),
      })}
    />
  );
}
