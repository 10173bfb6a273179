/** What happens in a page, noted there as it happens, so that no moment between two looks is lost. */
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
 * Notes what an element of the page says, each time that it changes.
 *
 * @param attribute the attribute to note; the element's text where it is undefined
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

/** Notes when the page is clicked: Playwright's own click takes a while to get there. */
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
