/**
 * The one live region of a page. An open modal dialog makes everything outside of it inert, also for screen readers, so the region
 * moves into the dialog until it closes.
 */
export class LiveRegion {
  readonly #document: Document;
  readonly #hosts: Element[] = [];
  #element: HTMLElement | undefined;

  constructor(ownerDocument: Document) {
    this.#document = ownerDocument;
  }

  readonly speak = (text: string): void => {
    const element = this.#getElement();
    // A text that is said twice has to change in between.
    element.textContent = element.textContent === text ? `${text}\u00a0` : text;
  };

  /** Moves the region into an element, until the returned function is called. */
  enter(host: Element): () => void {
    this.#hosts.push(host);
    this.#place();
    return () => {
      const index = this.#hosts.lastIndexOf(host);
      if (index >= 0) this.#hosts.splice(index, 1);
      this.#place();
    };
  }

  #getElement(): HTMLElement {
    if (!this.#element) {
      this.#element = createElement(this.#document);
      this.#place();
    }
    return this.#element;
  }

  #place(): void {
    const element = this.#element;
    const host = this.#hosts.at(-1) ?? this.#document.body;
    if (!element || element.parentElement === host) return;
    // Old news would be read again in its new place.
    element.textContent = '';
    host.append(element);
  }
}

/** Hidden by its own style, since it must be out of sight also without the style sheet. */
function createElement(ownerDocument: Document): HTMLElement {
  const element = ownerDocument.createElement('div');
  element.setAttribute('role', 'status');
  element.setAttribute('aria-live', 'polite');
  element.setAttribute('aria-atomic', 'true');
  element.setAttribute('data-rowlock-announcer', '');
  Object.assign(element.style, {
    ...{ position: 'absolute', inlineSize: '1px', blockSize: '1px', margin: '-1px', padding: '0' },
    ...{ overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap', border: '0' },
  });
  return element;
}
