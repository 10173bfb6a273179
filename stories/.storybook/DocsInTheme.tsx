import { DocsContainer, type DocsContainerProps } from '@storybook/addon-docs/blocks';
import { type PropsWithChildren, useEffect, useState } from 'react';
import { GLOBALS_UPDATED } from 'storybook/internal/core-events';
import { themes } from 'storybook/theming';

type Globals = { theme?: string };

/** Pages of prose follow the theme of the toolbar, as the stories do. */
export function DocsInTheme({ context, children, ...rest }: PropsWithChildren<DocsContainerProps>) {
  const [isDark, setDark] = useState(() => getFirstGlobals().theme === 'dark');
  useEffect(() => {
    const follow = ({ globals }: { globals: Globals }) => setDark(globals.theme === 'dark');
    context.channel.on(GLOBALS_UPDATED, follow);
    return () => context.channel.off(GLOBALS_UPDATED, follow);
  }, [context]);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }, [isDark]);
  return (
    <DocsContainer {...rest} context={context} theme={isDark ? themes.dark : themes.light}>
      {children}
    </DocsContainer>
  );
}

/** The address names the globals that differ from their defaults: `theme:dark;language:de`. */
function getFirstGlobals(): Globals {
  const text = new URLSearchParams(window.location.search).get('globals') ?? '';
  return Object.fromEntries(text.split(';').map((pair) => pair.split(':')));
}
