import { expect, test } from 'vitest';
import { withRepository } from './withRepository.mjs';

test('a manifest gets the address in the form that npm compares with the provenance', () => {
  const manifest = withRepository(
    { name: 'a', version: '1.0.0' },
    { address: 'https://host.example/owner/name', directory: 'packages/a' },
  );
  expect(manifest).toEqual({
    name: 'a',
    version: '1.0.0',
    repository: { type: 'git', url: 'git+https://host.example/owner/name.git', directory: 'packages/a' },
  });
});
