import './style/tokens.css';
import './style/elements.css';
import '@rowlock/react/styles.css';
import './style/controls.css';
import './style/shell.css';
import './style/nav.css';
import './style/topBar.css';
import './style/userMenu.css';
import './style/signIn.css';
import './style/filters.css';
import './style/table.css';
import './style/columns.css';
import './style/pager.css';
import './style/bulkBar.css';
import './style/drawer.css';
import './style/dialogs.css';
import './style/tasks.css';
import './style/runs.css';
import './registerTasks.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
