/** Records changes inside the page as they happen, so that no state between two looks is missed. */
import type { Page } from '@playwright/test';

interface SeenState {
  /** The attribute's value, or the text; "absent" while the element is not on the page */
  value: string;
  /** Unix time in ms */
  atMs: number;
}

export interface Recording {
  states(): Promise<SeenState[]>;
}

type Recorder = { states: SeenState[] };

let recordings = 0;

/**
 * Records each state of an element of the page.
 *
 * @param attribute the attribute to record. Default: the text of the element
 */
export async function recordStates(page: Page, selector: string, attribute?: string): Promise<Recording> {
  const name = `recording-${recordings++}`;
  await page.evaluate(
    ({ name, selector, attribute }) => {
      const states: SeenState[] = [];
      const note = () => {
        const element = document.querySelector(selector);
        const value = element
          ? ((attribute ? element.getAttribute(attribute) : element.textContent) ?? '')
          : 'absent';
        if (states.at(-1)?.value !== value) states.push({ value, atMs: Date.now() });
      };
      note();
      new MutationObserver(note).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
      (window as unknown as Record<string, Recorder>)[name] = { states };
    },
    { name, selector, attribute },
  );
  return {
    states: () =>
      page.evaluate((name) => (window as unknown as Record<string, Recorder>)[name]?.states ?? [], name),
  };
}

/** Records when the page is clicked, because the click of Playwright arrives late. */
export async function recordClicks(page: Page): Promise<{ lastAtMs(): Promise<number> }> {
  await page.evaluate(() => {
    window.addEventListener(
      'click',
      () => document.body.setAttribute('data-clicked-at', String(Date.now())),
      { capture: true },
    );
  });
  return {
    lastAtMs: async () => Number(await page.locator('body').getAttribute('data-clicked-at')),
  };
}
