import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINAL_TASK_STATES, TASK_EVENTS, TASK_STATES } from '../../packages/protocol/src/index.ts';
import { LOG_KINDS } from '../../packages/server/src/changeLog/entry.ts';
import { openApiDocument } from '../../packages/server/src/http/openapi/openApiDocument.ts';
import { root } from '../lib/paths.mjs';
import { appendsIn, readLogWriters } from './logWriters.mjs';
import { callsOf, plainString } from './luaCalls.mjs';
import { table, withSections } from './markdown.mjs';
import { readTypes, typesOf } from './readTypes.mjs';
import { protocolSections } from './sections.mjs';

const protocolSources = join(root, 'packages/protocol/src');
const serverSources = join(root, 'packages/server/src');

test('PROTOCOL.md agrees with the schemas', () => {
  const page = readFileSync(join(root, 'PROTOCOL.md'), 'utf8');
  expect(
    page === withSections(page, protocolSections()),
    'PROTOCOL.md differs from the schemas. Run `pnpm protocol-tables` and commit the page',
  ).toBe(true);
});

test('the schemas of answers have the fields and the words of their types', () => {
  const types = readTypes(
    ...globSync('*.ts', { cwd: protocolSources }).map((path) => join(protocolSources, path)),
    join(serverSources, 'tasks/read/taskList.ts'),
    join(serverSources, 'tasks/store/taskArchive.ts'),
  );
  const ofBodies = [
    'AcquireBody',
    'ExtendBody',
    'Health',
    'LaunchBody',
    'LeaseSecret',
    'PreviewBody',
    'ReleaseBody',
    'RenewBody',
    'TakeOverBody',
    'ReleaseBeacon',
    'RetryBody',
  ];
  const described = Object.entries(openApiDocument().components.schemas).filter(
    ([name, { type }]) => type === 'object' && !ofBodies.includes(name),
  );
  expect(described.length).toBeGreaterThan(10);
  for (const [name, { properties, required = [] }] of described) {
    const fields = Object.entries(properties).map(([field, { description, $ref }]) => ({
      name: field,
      isOptional: !required.includes(field),
      doc: description ?? ($ref && undefined),
    }));
    expect({ name, fields }).toEqual({
      name,
      fields: types[name].members.map(({ name: field, isOptional, doc }) => ({
        name: field,
        isOptional,
        doc,
      })),
    });
  }
});

test('every generated table describes each of its rows', () => {
  const rows = Object.entries(protocolSections()).flatMap(([name, text]) =>
    text.split('\n').map((line) => ({ name, line })),
  );
  expect(rows.filter(({ line }) => /undefined|\[object/.test(line))).toEqual([]);
  const described = [
    'values',
    'task states',
    'lock modes',
    'lease ends',
    'limits',
    'errors',
    'log entries',
    'task events',
  ];
  expect(rows.filter(({ name, line }) => described.includes(name) && line.endsWith('| |'))).toEqual([]);
});

test('the scripts append entries of exactly the exported kinds', () => {
  expect(Object.keys(readLogWriters(serverSources)).toSorted()).toEqual([...LOG_KINDS].toSorted());
});

test('the scripts give tasks only exported states and events', () => {
  const scripts = globSync('tasks/store/lua/**/*.lua', { cwd: serverSources }).map((path) =>
    readFileSync(join(serverSources, path), 'utf8'),
  );
  const named = (name, position) =>
    scripts
      .flatMap((text) => callsOf(name, text).map((words) => plainString(words[position])))
      .filter(Boolean);
  const compared = scripts.flatMap((text) =>
    [...text.matchAll(/\bstate [=~]= '(\w+)'/g)].map(([, state]) => state),
  );
  const states = [...named('changeTask', 1), ...named('endTask', 1), ...named('closeTask', 2), ...compared];
  const events = [...named('changeTask', 2), ...named('appendChange', 2)];
  expect(states).not.toEqual([]);
  expect(states.filter((state) => !TASK_STATES.includes(state))).toEqual([]);
  expect(events.filter((event) => !TASK_EVENTS.includes(event))).toEqual([]);
});

test('the scripts and the protocol agree on the final states', () => {
  const [, final] = /local FINAL = \{(.*)\}/.exec(
    readFileSync(join(serverSources, 'tasks/store/lua/include/changes.lua'), 'utf8'),
  );
  expect([...final.matchAll(/(\w+) = true/g)].map(([, state]) => state)).toEqual([...FINAL_TASK_STATES]);
});

describe('withSections', () => {
  test('withSections writes between the marks and leaves the rest', () => {
    const page = 'Before\n<!-- generated: a -->\nold\n<!-- end generated -->\nafter';
    expect(withSections(page, { a: 'new' })).toBe(
      'Before\n<!-- generated: a -->\nnew\n<!-- end generated -->\nafter',
    );
  });

  test('withSections refuses a page that lacks a section or names an unknown one', () => {
    const page = '<!-- generated: a -->\n<!-- end generated -->';
    expect(() => withSections(page, { a: '', b: '' })).toThrow('no part for: b');
    expect(() => withSections(page, {})).toThrow('a part "a" that no section fills');
  });
});

test('table escapes bars in cells', () => {
  expect(table(['a', 'b'], [['x | y', '']])).toBe('| a | b |\n| --- | --- |\n| x \\| y | |');
});

test('typesOf reads members and lists with their docstrings', () => {
  const text = `
    /** A thing. */
    export interface Thing {
      /** Its
       * name */
      name?: string;
      size: number; // "not a docstring"
    }
    /** All sizes */
    export const SIZES = [/** Not big */ 'small', 'big'] as const;
    export const CODES = { /** Gone */ gone: { status: 410 } } as const satisfies object;`;
  expect(typesOf(text)).toEqual({
    Thing: {
      doc: 'A thing.',
      members: [
        { name: 'name', isOptional: true, type: 'string', doc: 'Its name' },
        { name: 'size', isOptional: false, type: 'number', doc: undefined },
      ],
    },
    SIZES: {
      doc: 'All sizes',
      entries: [
        { name: 'small', doc: 'Not big' },
        { name: 'big', doc: undefined },
      ],
    },
    CODES: { doc: undefined, entries: [{ name: 'gone', doc: 'Gone' }] },
  });
});

test('appendsIn reads kinds and fields of calls over several lines', () => {
  const text = `local x = append('kind', 'task', 'task', id, 'why', asValue(f(a, 'b)')),\n 'count', n[1])`;
  expect(appendsIn(text)).toEqual([{ kind: 'task', fields: ['task', 'why', 'count'] }]);
  expect(() => appendsIn("append('kind', kind)")).toThrow('not a plain string: kind');
});
