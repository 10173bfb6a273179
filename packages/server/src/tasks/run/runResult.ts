/** Prepares the result of a run for storing: JSON of at most 16 KiB, checked by the definition's schema. */

import { boundedText, errorText } from '../../boundedText.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import { throughJson } from '../definition/jsonValue.ts';
import { parseWith } from '../definition/schema.ts';

const MAX_RESULT_BYTES = 16_384;
/** Deeper results could overflow the stack of a reader. */
const MAX_DEPTH = 64;
const MAX_ISSUE_LENGTH = 300;

/** A lone surrogate, as `JSON.stringify` escapes it; a backslash before it may itself be escaped. */
const LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

export type KeptResult =
  /** '' if there is no result */
  | { kind: 'kept'; json: string }
  /** The task has completed without a result */
  | { kind: 'left out'; why: string }
  /** The definition's schema refuses it, so the task has failed */
  | { kind: 'refused'; error: string };

export async function keepResult(definition: TaskDefinition, returned: unknown): Promise<KeptResult> {
  let result = returned;
  if (definition.result) {
    try {
      const parsed = await parseWith(definition.result, returned);
      if (!parsed.ok) return refused(definition.name, parsed.issue);
      result = parsed.value;
    } catch (error) {
      return refused(definition.name, `: ${errorText(error, MAX_ISSUE_LENGTH)}`);
    }
  }
  return jsonOf(result);
}

const refused = (name: string, issue: string): KeptResult => ({
  kind: 'refused',
  error:
    `Its result is not what "${name}" promises${boundedText(issue, MAX_ISSUE_LENGTH)}. ` +
    'The work of the run is not undone. Correct the run or its result schema.',
});

function jsonOf(result: unknown): KeptResult {
  if (result === undefined) return { kind: 'kept', json: '' };
  const sent = throughJson(result);
  if (sent.kind !== 'same') return { kind: 'left out', why: `${sent.why}, and JSON does not keep that` };
  const { json } = sent;
  if (json.length > MAX_RESULT_BYTES || Buffer.byteLength(json) > MAX_RESULT_BYTES) {
    return { kind: 'left out', why: `it is larger than ${MAX_RESULT_BYTES} bytes` };
  }
  if (depthOf(json) > MAX_DEPTH) return { kind: 'left out', why: `it is nested more than ${MAX_DEPTH} deep` };
  return { kind: 'kept', json: json.includes('\\ud') ? json.replace(LONE_SURROGATE, '$1\\ufffd') : json };
}

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isInText = false;
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (isInText) {
      if (character === '\\') i++;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return deepest;
}
