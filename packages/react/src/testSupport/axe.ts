import axe from 'axe-core';
import { expect } from 'vitest';

/** Fails with each rule of accessibility that `element` breaks, and the place. */
export async function expectAccessible(element: Element): Promise<void> {
  const { violations } = await axe.run(element, {
    // A component is a part of a page: headings, landmarks and titles are the page's.
    rules: { region: { enabled: false } },
  });
  const found = violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${violation.help} — ${node.html}`),
  );
  expect(found).toEqual([]);
}
