import type { SaveFailure } from './useSaveCity.ts';

/** Shows why the row was not saved. A changed row and a conflict have places of their own. */
export function SaveError({ failure }: { failure: SaveFailure | undefined }) {
  if (failure?.kind !== 'other' && failure?.kind !== 'fields') return null;
  return (
    <p className="notice" data-tone="danger" role="alert" data-testid="save-error">
      Not saved. {failure.kind === 'other' ? failure.message : 'Look at the fields that are marked.'}
    </p>
  );
}
