import type { ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';

/** Renders into the page, without StrictMode: a measurement renders once. */
export function onPage(ui: ReactNode): Root {
  const root = createRoot(document.getElementById('root')!);
  root.render(ui);
  return root;
}
