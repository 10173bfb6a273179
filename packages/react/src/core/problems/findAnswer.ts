/** Finds the HTTP answer in an error, in the forms in which clients put it there. */

export interface FoundAnswer {
  status: number;
  statusText: string;
  /** The text of the error itself, if it has one */
  message?: string;
  /** Parsed JSON, or text. Undefined if it is empty, or was read by others */
  readBody: () => Promise<unknown>;
}

/** Errors of clients contain at most a few others. */
const MOST_LEVELS = 5;

export function findAnswer(failure: unknown, levels = MOST_LEVELS): FoundAnswer | undefined {
  if (!isObject(failure) || levels === 0) return undefined;
  if (isResponse(failure)) return fromResponse(failure);
  const { response, problem, cause } = failure;
  if (isResponse(response))
    return { ...fromResponse(response, listBodies(failure)), ...withMessage(failure) };
  if (isObject(response)) {
    const answer = fromParts(response, [response.data, response.body]);
    if (answer) return answer;
  }
  if (isObject(problem)) {
    const answer = fromParts({ ...failure, ...problem }, [problem]);
    if (answer) return answer;
  }
  const answer = fromParts(failure, [...listBodies(failure), isError(failure) ? undefined : failure]);
  if (answer) return { ...answer, ...withMessage(failure) };
  return findAnswer(cause, levels - 1);
}

/** ofetch and ky read the body before they throw. */
const listBodies = ({ data, body }: Record<string, unknown>): unknown[] => [data, body];

function fromResponse(response: Response, alreadyRead: unknown[] = []): FoundAnswer {
  const { status, statusText } = response;
  const known = alreadyRead.find((body) => body !== undefined);
  // Others may want to read it too.
  const copy = known === undefined && !response.bodyUsed ? response.clone() : undefined;
  return {
    ...{ status, statusText },
    readBody: async () => {
      if (!copy) return parse(known);
      return parse(await copy.text().catch(() => undefined));
    },
  };
}

function fromParts(
  { status, statusCode, statusText }: Record<string, unknown>,
  bodies: unknown[],
): FoundAnswer | undefined {
  const code = typeof status === 'number' ? status : statusCode;
  if (typeof code !== 'number' || code < 100 || code > 599) return undefined;
  const body = bodies.find((each) => each !== undefined);
  return {
    status: code,
    statusText: typeof statusText === 'string' ? statusText : '',
    readBody: async () => parse(body),
  };
}

function parse(body: unknown): unknown {
  if (typeof body !== 'string') return body ?? undefined;
  if (body.trim() === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

const withMessage = ({ message }: Record<string, unknown>): { message?: string } =>
  typeof message === 'string' && message !== '' ? { message } : {};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isError = (value: unknown): boolean => value instanceof Error;

/** Also of a polyfill, or of another frame. */
export const isResponse = (value: unknown): value is Response =>
  isObject(value) &&
  typeof value.status === 'number' &&
  typeof value.clone === 'function' &&
  typeof value.text === 'function';
