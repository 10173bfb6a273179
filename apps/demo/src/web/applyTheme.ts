/** Light, dark, or the system's theme. Runs before the app, so that no page flashes in the wrong one. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'gazetteer.theme';

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  applyTheme();
}

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

function applyTheme(): void {
  const theme = chosenTheme();
  document.documentElement.dataset.theme =
    theme === 'system' ? (systemIsDark.matches ? 'dark' : 'light') : theme;
}

systemIsDark.addEventListener('change', applyTheme);
applyTheme();
