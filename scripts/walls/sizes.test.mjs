import { describe, expect, test } from 'vitest';
import { problemsOf } from './sizes.mjs';

const lines = (count) => 'work();\n'.repeat(count);

describe('the limits of files and functions', () => {
  test('a file of 300 lines passes, and one of 301 fails', () => {
    expect(problemsOf('a.css', lines(300))).toEqual([]);
    expect(problemsOf('a.lua', lines(301))).toEqual(['a.lua: 301 lines, at most 300']);
  });

  test('a function of 80 lines passes, and one of 81 fails under its name', () => {
    expect(problemsOf('a.ts', `function short() {\n${lines(78)}}\n`)).toEqual([]);
    expect(problemsOf('a.ts', `const long = () => {\n${lines(79)}};\n`)).toEqual([
      'a.ts: long has 81 lines, at most 80',
    ]);
  });

  test('a long method fails, and a long class of short methods passes', () => {
    const short = (name) => `${name}() {\n${lines(60)}}\n`;
    expect(problemsOf('a.ts', `class Some {\n${short('a')}${short('b')}}\n`)).toEqual([]);
    expect(problemsOf('a.ts', `class Some {\nlong() {\n${lines(79)}}\n}\n`)).toEqual([
      'a.ts: long has 81 lines, at most 80',
    ]);
  });

  test('a function inside of another one is measured too', () => {
    const inner = `const inner = () => {\n${lines(90)}};\n`;
    expect(problemsOf('a.ts', `function outer() {\n${inner}}\n`)).toEqual([
      'a.ts: outer has 94 lines, at most 80',
      'a.ts: inner has 92 lines, at most 80',
    ]);
  });

  test('a test file has no limit for its functions', () => {
    expect(problemsOf('a.test.ts', `describe('it', () => {\n${lines(200)}});\n`)).toEqual([]);
  });

  test('a first line that gives the reason lifts the limits', () => {
    expect(problemsOf('a.ts', `// Long on purpose: a table of all states.\n${lines(400)}`)).toEqual([]);
    expect(problemsOf('a.ts', `// Long on purpose:\n${lines(400)}`)).toHaveLength(1);
  });
});
