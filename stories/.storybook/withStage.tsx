import { createEnglishMessages, createGermanMessages } from '@rowlock/react';
import type { Decorator } from '@storybook/react-vite';
import { useEffect } from 'react';
import { Stage, type StageProps } from '../src/stage.tsx';

/** A story's words on its server: `parameters: { stage: { set, move } }`. `false`: the story brings its own. */
type StageParameter = Omit<StageProps, 'children' | 'messages'> | false;

const MESSAGES = { en: createEnglishMessages('en'), de: createGermanMessages() };

/** Puts a component on a server in memory, so that the code of a story is the code of an application. */
export const withStage: Decorator = (Story, { parameters, globals, id }) => {
  const stage = parameters.stage as StageParameter | undefined;
  if (!stage) return <Story />;
  const messages = globals.language === 'de' ? MESSAGES.de : MESSAGES.en;
  return (
    <Stage key={id} {...stage} messages={messages}>
      <Story />
    </Stage>
  );
};

/** Applies the theme, the language and the direction of the toolbar to the page. */
export const withPage: Decorator = (Story, { globals }) => {
  const theme = globals.theme === 'dark' ? 'dark' : 'light';
  const direction = globals.direction === 'rtl' ? 'rtl' : 'ltr';
  const language = globals.language === 'de' ? 'de' : 'en';
  useEffect(() => {
    const page = document.documentElement;
    page.dataset.theme = theme;
    page.dir = direction;
    page.lang = language;
  }, [theme, direction, language]);
  return <Story />;
};
