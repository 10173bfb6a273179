/** The announcer of a page: one for each document, also with several providers. */
import { systemClock } from '../core/clock.ts';
import { type Announce, AnnouncementQueue } from './announcementQueue.ts';
import { LiveRegion } from './liveRegion.ts';

export interface PageAnnouncer {
  announce: Announce;
  /** Lets an open modal dialog contain the live region, until the returned function is called. */
  enter(host: Element): () => void;
}

const announcers = new WeakMap<Document, PageAnnouncer>();

export function getPageAnnouncer(ownerDocument: Document): PageAnnouncer {
  const known = announcers.get(ownerDocument);
  if (known) return known;
  const region = new LiveRegion(ownerDocument);
  const { announce } = new AnnouncementQueue({ clock: systemClock, speak: region.speak });
  const announcer: PageAnnouncer = { announce, enter: (host) => region.enter(host) };
  announcers.set(ownerDocument, announcer);
  return announcer;
}
