import { createContext, type RefObject, useContext, useEffect, useLayoutEffect, useRef } from 'react';
import type { Announce } from './announcementQueue.ts';
import { getPageAnnouncer } from './pageAnnouncer.ts';

/** The application's own announcer, which replaces the one of the page. */
export const AnnounceContext = createContext<Announce | undefined>(undefined);

const announceOnPage: Announce = (text, options) => getPageAnnouncer(document).announce(text, options);

/** Reads a text aloud by a screen reader. The page says at most one text in 5 s. */
export const useAnnounce = (): Announce => useContext(AnnounceContext) ?? announceOnPage;

export interface AnnouncementOptions {
  /** The subject of the text: a newer one replaces one that has not been said. Default: the text */
  key?: string;
  /** Also says the first text, when the component appears. Default false */
  isFirstSaid?: boolean;
}

/** Reads a text aloud whenever it changes. Says nothing while it is empty. */
export function useAnnouncement(text: string, { key, isFirstSaid = false }: AnnouncementOptions = {}): void {
  const announce = useAnnounce();
  const said = useRef(isFirstSaid ? undefined : text);
  useEffect(() => {
    if (said.current === text) return;
    said.current = text;
    if (text !== '') announce(text, key === undefined ? {} : { key });
  }, [announce, text, key]);
}

/** While the component is mounted, announcements are made inside of the element: for modal dialogs. */
export function useAnnouncerHost(element: RefObject<Element | null>): void {
  useLayoutEffect(() => {
    if (element.current) return getPageAnnouncer(document).enter(element.current);
  }, [element]);
}
