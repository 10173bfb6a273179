import type { ProblemBody } from '@rowlock/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CityEdit } from '../../gazetteer/cityEdit.ts';
import type { CityView } from '../../gazetteer/cityView.ts';
import { PLACE_KEYS } from '../queries.ts';
import { ApiError, request } from '../request.ts';
import { conflictOf } from './useLaunch.ts';

export type SaveFailure =
  /** The row has changed since it was loaded */
  | { kind: 'changed'; current: CityView }
  | { kind: 'fields'; errors: Record<string, string> }
  /** Somebody else is changing the row */
  | { kind: 'conflict'; problem: ProblemBody }
  | { kind: 'other'; code: string | undefined; message: string };

/** Saves under the tab's own lease. A failure is shown, and leaves the edits alone. */
export function useSaveCity(id: number, leaseHeaders: () => Record<string, string>) {
  const queryClient = useQueryClient();
  const [isSaving, setSaving] = useState(false);
  const [failure, setFailure] = useState<SaveFailure>();

  async function save(edit: CityEdit): Promise<CityView | undefined> {
    setSaving(true);
    setFailure(undefined);
    try {
      const saved = await request<CityView>(`/api/cities/${id}`, {
        method: 'PUT',
        body: edit,
        headers: leaseHeaders(),
      });
      queryClient.setQueryData(['city', id], saved);
      for (const key of PLACE_KEYS) void queryClient.invalidateQueries({ queryKey: [key] });
      return saved;
    } catch (error) {
      setFailure(failureOf(error));
      return undefined;
    } finally {
      setSaving(false);
    }
  }

  return { save, isSaving, failure, forgetFailure: () => setFailure(undefined) };
}

function failureOf(error: unknown): SaveFailure {
  const conflict = conflictOf(error);
  if (conflict) return { kind: 'conflict', problem: conflict };
  if (!(error instanceof ApiError)) {
    return {
      kind: 'other',
      code: undefined,
      message: error instanceof Error ? error.message : String(error),
    };
  }
  const { problem } = error;
  if (problem.code === 'changed' && 'current' in problem) {
    return { kind: 'changed', current: problem.current as CityView };
  }
  if (problem.fields) {
    return {
      kind: 'fields',
      errors: Object.fromEntries(problem.fields.map(({ field, message }) => [field, message])),
    };
  }
  return { kind: 'other', code: problem.code, message: problem.detail };
}
