import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { ConflictModal } from '../components/ConflictModal/ConflictModal.tsx';
import { MemoryServer } from '../testing/memoryServer.ts';
import { bo } from '../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { useLaunchTask } from './useLaunchTask.ts';

function Launcher({ ids }: { ids: readonly number[] }) {
  const task = useLaunchTask('rename');
  const { preview } = task.previewed;
  return (
    <>
      <output>{task.status}</output>
      <p>{preview ? `${preview.freeCount} of ${preview.recordCount} free` : 'no preview'}</p>
      <button type="button" onClick={() => task.preview({ ids })}>
        Select
      </button>
      <button type="button" onClick={() => void task.launch({ ids })}>
        Launch
      </button>
      <ConflictModal error={task.error} onClose={task.reset} />
    </>
  );
}

async function setUp(ids: readonly number[] = [1, 2]) {
  const server = new MemoryServer();
  server.defineTask('rename', {
    records: (input: { ids: number[] }) => input.ids.map((id): RecordKey => `cities/${id}`),
  });
  const rendered = await renderWithRowlock(<Launcher ids={ids} />, { server });
  return { ...rendered, launch: rendered.screen.getByRole('button', { name: 'Launch' }) };
}

describe('a launch by the user', () => {
  it('A double click launches one task', async () => {
    const { screen, server, launch } = await setUp();
    await launch.dblClick();
    await expect.element(screen.getByText('launched')).toBeVisible();
    expect(server.received.filter(({ name }) => name === 'launch')).toHaveLength(1);
  });

  it('A conflict is explained by the dialog, and closing it forgets the outcome', async () => {
    const { screen, server, launch } = await setUp();
    server.hold(['cities/1'], { actor: bo });
    await launch.click();
    await expect.element(screen.getByText('conflict', { exact: true })).toBeInTheDocument();
    await expect.element(screen.getByRole('heading', { name: 'Bo Berg is editing' })).toBeVisible();
    await screen.getByRole('button', { name: 'Close' }).click();
    await expect.element(screen.getByText('idle')).toBeVisible();
  });

  it('Another refusal is explained, too', async () => {
    const { screen, launch } = await setUp([]);
    await launch.click();
    await expect.element(screen.getByText('refused')).toBeInTheDocument();
    const dialog = screen.getByRole('dialog');
    await dialog.getByText('Details').click();
    await expect.element(dialog.getByText(/The selection is empty/)).toBeVisible();
  });

  it('The preview follows the locks of the selected rows', async () => {
    const { screen, server } = await setUp();
    await expect.element(screen.getByText('no preview')).toBeVisible();
    await screen.getByRole('button', { name: 'Select' }).click();
    await expect.element(screen.getByText('2 of 2 free')).toBeVisible();
    server.hold(['cities/1'], { actor: bo });
    await expect.element(screen.getByText('1 of 2 free'), { timeout: 5_000 }).toBeVisible();
  });
});
