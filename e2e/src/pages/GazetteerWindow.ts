/** One window of the demo, with the elements that a person sees. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { recordTraffic, type Traffic } from './recordTraffic.ts';

export class GazetteerWindow {
  readonly page: Page;
  readonly connection: Locator;
  /** Over the table: the tasks that hold rows in it */
  readonly banners: Locator;
  readonly drawer: Locator;
  readonly editState: Locator;
  /** Why the form cannot be edited now */
  readonly readOnly: Locator;
  readonly saveButton: Locator;
  /** The notice that somebody else has changed the row of the form */
  readonly stale: Locator;
  readonly modal: Locator;
  readonly tray: Locator;
  readonly notice: Locator;
  /** The traffic since the window was opened */
  readonly traffic: Traffic;

  constructor(page: Page) {
    this.page = page;
    this.connection = page.getByTestId('connection');
    this.banners = page.locator('.rowlock-task-banner');
    this.drawer = page.getByTestId('drawer');
    this.editState = page.getByTestId('edit-state');
    this.readOnly = this.drawer.getByText(/^Read only: /);
    this.stale = page.locator('.rowlock-stale');
    this.saveButton = page.getByTestId('save');
    this.modal = page.locator('dialog.rowlock-modal');
    this.tray = page.getByTestId('tray');
    this.notice = page.getByTestId('notice');
    this.traffic = recordTraffic(page);
  }

  async signInAs(user: string, path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.getByTestId(`sign-in-${user}`).click();
    await expect(this.connection).toHaveText('Live');
  }

  row(id: number): Locator {
    return this.page.locator(`tr[data-row-id="${id}"]`);
  }

  badge(id: number): Locator {
    return this.page.locator(badgeSelector(id));
  }

  cell(id: number, column: string): Locator {
    return this.row(id).locator(`.col-${column}`);
  }

  badgesOfKind(kind: string): Locator {
    return this.page.locator(`tr .rowlock-badge[data-kind="${kind}"]`);
  }

  field(name: string): Locator {
    return this.drawer.getByLabel(name, { exact: true });
  }

  /** Opens the form of the row, which locks nothing. The caller checks its content. */
  async openRow(id: number): Promise<void> {
    await this.cell(id, 'name').click();
    await expect(this.drawer).toBeVisible();
  }

  /** Opens the form of the row, and begins to edit it. */
  async editRow(id: number): Promise<void> {
    await this.openRow(id);
    await this.drawer.getByTestId('edit').click();
    await expect(this.editState).toHaveText('You are editing; others see it.');
  }

  /** Opens the dialog about the holder of the row whose form is open. */
  async explain(): Promise<void> {
    await this.drawer.getByRole('button', { name: 'Details' }).click();
    await expect(this.modal).toBeVisible();
  }

  /** Selects every row that matches the filter, with the buttons of the page. */
  async selectAllThatMatch(): Promise<void> {
    await this.page.getByTestId('select-page').check();
    await this.page.getByTestId('select-all-matching').click();
  }

  /** Opens the dialog of a task from the bar, and returns its Start button. */
  async prepareTask(name: string): Promise<Locator> {
    await this.page.getByTestId(`bulk-${name}`).click();
    return this.page.getByTestId('launch-start');
  }

  rowIds(): Promise<number[]> {
    return this.page
      .locator('tr[data-row-id]')
      .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-row-id'))));
  }

  /** The kind of each row's badge, by id. */
  kindsById(): Promise<Record<number, string | null>> {
    return this.page
      .locator('tr[data-row-id]')
      .evaluateAll((rows) =>
        Object.fromEntries(
          rows.map((row) => [
            Number(row.getAttribute('data-row-id')),
            row.querySelector('.rowlock-badge')?.getAttribute('data-kind') ?? null,
          ]),
        ),
      );
  }
}

export const badgeSelector = (id: number): string => `tr[data-row-id="${id}"] .rowlock-badge`;
