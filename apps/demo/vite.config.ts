import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  root: 'src/web',
  plugins: [react()],
  // Workspace packages are taken from their sources: no build of them is needed first.
  resolve: { conditions: ['@rowlock/source', ...defaultClientConditions] },
  build: { outDir: '../../dist/web', emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
});
