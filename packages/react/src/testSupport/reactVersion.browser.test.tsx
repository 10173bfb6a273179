import { version } from 'react';
import { version as domVersion } from 'react-dom';
import { describe, expect, inject, it } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The first numbers of the version: `18.3.` */
    reactVersion: string;
  }
}

describe('The project of these tests', () => {
  it('The tests run with the version of React that their project names', () => {
    expect(version).toMatch(new RegExp(`^${inject('reactVersion')}`));
    expect(domVersion).toBe(version);
  });
});
