import CssBaseline from '@mui/material/CssBaseline';
import bootstrap from 'bootstrap/dist/css/bootstrap-reboot.css?inline';
import modernNormalize from 'modern-normalize/modern-normalize.css?inline';
import type { CSSProperties, ReactNode } from 'react';
import preflight from 'tailwindcss/preflight.css?inline';
import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { createRowlockClient } from '../core/client.ts';
import { RowlockProvider } from '../hooks/RowlockProvider.tsx';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { countDifferentPixels } from '../testSupport/comparePictures.ts';
import { lease, rows, task } from '../testSupport/componentFixture.ts';
import { ConflictModal } from './ConflictModal/ConflictModal.tsx';
import { ConnectionStatus } from './ConnectionStatus/ConnectionStatus.tsx';
import { LockBadge } from './LockBadge/LockBadge.tsx';
import { TaskProgress } from './TaskProgress/TaskProgress.tsx';

const NONE = '';
const PLACES = ['before', 'after'] as const;
/** Each as its documentation says: Tailwind's reset is in a layer, the others are in none. */
const RESETS: Record<string, string> = {
  'the preflight of Tailwind': `@layer base { ${preflight} }`,
  "Bootstrap's reboot": bootstrap,
  'modern-normalize': modernNormalize,
};

const running = task('running', {
  label: 'Normalise names',
  progress: { done: 42, total: 100, etaMs: 60_000 },
});
const failed = task('failed', { label: 'Export cities', error: 'Disk full' });

/** Of the page around the components, which a reset may change. */
const gallery: CSSProperties = {
  ...{ position: 'fixed', inset: '0 auto auto 0', display: 'grid', gap: 8, boxSizing: 'border-box' },
  ...{ inlineSize: 380, padding: 8, background: 'white' },
};

function Gallery() {
  return (
    <div data-testid="gallery" style={gallery}>
      <ConnectionStatus />
      <LockBadge lock={{ kind: 'held', leases: [], isStale: false }} size="full" />
      <TaskProgress task={running} onCancel={() => {}} />
      <TaskProgress task={failed} />
    </div>
  );
}

const refusal = {
  code: 'conflict' as const,
  message: 'Bo Berg holds a row.',
  conflicts: [{ lease, recordCount: 1, records: rows(1) }],
};

function Dialog() {
  return <ConflictModal open error={refusal} total={3} />;
}

/** The documented order of layers, which an application names before any style sheet. */
const ORDER = '@layer theme, base, rowlock, components, utilities;';

async function takePictures(css: string, place: (typeof PLACES)[number], more?: ReactNode) {
  const order = document.createElement('style');
  // The ground of the page shows through the rounded corners of a dialog.
  order.textContent = `${ORDER} body { background: white; }`;
  document.head.prepend(order);
  const style = document.createElement('style');
  style.textContent = css;
  if (place === 'before') order.after(style);
  else document.head.append(style);
  const client = createRowlockClient({
    transport: createMemoryTransport({ server: new MemoryServer() }),
    storage: null,
  });
  const shown = async (ui: ReactNode, find: () => ReturnType<typeof page.getByTestId>) => {
    const screen = await render(
      <RowlockProvider client={client}>
        {more}
        {ui}
      </RowlockProvider>,
    );
    await expect.element(find()).toBeVisible();
    const picture = await page.screenshot({ element: find(), base64: true, save: false });
    await screen.unmount();
    expect(picture.length).toBeGreaterThan(1_000);
    return picture;
  };
  try {
    return {
      gallery: await shown(<Gallery />, () => page.getByTestId('gallery').filter({ hasText: 'Live' })),
      dialog: await shown(<Dialog />, () => page.getByRole('dialog')),
    };
  } finally {
    style.remove();
    order.remove();
  }
}

type Pictures = Awaited<ReturnType<typeof takePictures>>;
const compare = async (one: Pictures, other: Pictures) => ({
  gallery: await countDifferentPixels(one.gallery, other.gallery),
  dialog: await countDifferentPixels(one.dialog, other.dialog),
});

describe('A reset of another library', () => {
  for (const [name, css] of Object.entries(RESETS)) {
    for (const place of PLACES) {
      it(`Every component looks the same with ${name} ${place} the styles of Rowlock`, async () => {
        const plain = await takePictures(NONE, place);
        expect(await compare(plain, await takePictures(css, place))).toEqual({ gallery: 0, dialog: 0 });
      });
    }
  }

  it('Every component looks the same with the CssBaseline of MUI', async () => {
    const plain = await takePictures(NONE, 'before');
    const reset = await takePictures(NONE, 'before', <CssBaseline />);
    expect(await compare(plain, reset)).toEqual({ gallery: 0, dialog: 0 });
  });

  it('A class of the application still wins', async () => {
    const style = document.createElement('style');
    style.textContent = '.rowlock-progress-label { color: rgb(1, 2, 3); }';
    document.head.prepend(style);
    const screen = await render(
      <RowlockProvider client={createRowlockClient({ transport: createMemoryTransport(), storage: null })}>
        <TaskProgress task={running} />
      </RowlockProvider>,
    );
    const label = screen.getByText('Normalise names');
    expect(getComputedStyle(label.element()).color).toBe('rgb(1, 2, 3)');
    style.remove();
  });
});
