/** The page that `pnpm bench react` runs in Chromium. Each measurement mounts what it needs, and unmounts it again. */
import '@rowlock/react/styles.css';
import { measureMount } from './measureMount.tsx';
import { measureProgress } from './measureProgress.tsx';
import { measureRerender } from './measureRerender.tsx';

window.bench = { rerender: measureRerender, progress: measureProgress, mount: measureMount };
