import { type ReactNode, useState } from 'react';
import { createPortal } from 'react-dom';

export interface PaneProps {
  /** Shown above the pane, and the name of its frame: "Ann's window" */
  title: string;
  children: ReactNode;
}

/** A window of its own inside of a story: its dialogs are modal there, and its width is the width of a window. */
export function Pane({ title, children }: PaneProps) {
  const [body, setBody] = useState<HTMLElement>();
  return (
    <section className="story-pane">
      <h2 className="story-pane-title">{title}</h2>
      <iframe
        className="story-pane-frame"
        title={title}
        srcDoc="<!doctype html><html><head></head><body></body></html>"
        onLoad={({ currentTarget: { contentDocument } }) => {
          if (!contentDocument) return;
          copyLook(document, contentDocument, title);
          setBody(contentDocument.body);
        }}
      />
      {body && createPortal(children, body)}
    </section>
  );
}

function copyLook(from: Document, to: Document, title: string): void {
  to.title = title;
  to.documentElement.lang = from.documentElement.lang || 'en';
  to.documentElement.dir = from.documentElement.dir;
  to.documentElement.dataset.theme = from.documentElement.dataset.theme ?? 'light';
  for (const style of from.head.querySelectorAll('style, link[rel="stylesheet"]')) {
    to.head.append(to.importNode(style, true));
  }
}
