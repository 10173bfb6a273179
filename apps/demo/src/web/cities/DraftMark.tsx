import { useDrafts } from '@rowlock/react';

/** Beside the name of a row: this user has typed something into its form, and not saved it. */
export function DraftMark({ id }: { id: number }) {
  return useDrafts('cities').has(id) && <span className="draftMark">Draft</span>;
}
