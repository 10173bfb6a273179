/** The answer to a successful save: its data and its version, from a `Response` or from the result of another client. */
import { parseVersionHeader, VERSION_HEADER } from '@rowlock/protocol';
import { isResponse } from '../core/problems/findAnswer.ts';

/** The data of a save: the result of `mutationFn`, or the parsed body if that is a `Response`. */
export type SavedData<Result> = Result extends Response ? unknown : Result;

export interface SavedAnswer<Result> {
  data: SavedData<Result>;
  /** The header `Rowlock-Version` of the answer, if the result has it */
  version: number | undefined;
}

/**
 * Reads the result of a request.
 *
 * @throws the result itself, if it is a refusal: a `Response` that is not ok, alone or in the field `response`
 */
export async function readSaved<Result>(result: Result): Promise<SavedAnswer<Result>> {
  const response = findResponse(result);
  if (response && !response.ok) throw result;
  const version = readVersion(response?.headers ?? (result as { headers?: unknown } | null)?.headers);
  const data = isResponse(result) ? await readBody(result) : result;
  return { data: data as SavedData<Result>, version };
}

const findResponse = (result: unknown): Response | undefined => {
  if (isResponse(result)) return result;
  const inner = (result as { response?: unknown } | null | undefined)?.response;
  return isResponse(inner) ? inner : undefined;
};

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text;
}

/** `headers` of fetch, or a plain object in any case of letters. */
function readVersion(headers: unknown): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { get } = headers as { get?: (name: string) => unknown };
  const value =
    typeof get === 'function'
      ? get.call(headers, VERSION_HEADER)
      : Object.entries(headers).find(([name]) => name.toLowerCase() === VERSION_HEADER.toLowerCase())?.[1];
  return typeof value === 'string' ? parseVersionHeader(value) : undefined;
}
