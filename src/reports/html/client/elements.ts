import { visible } from '../visible.ts';

type Child = Node | string | undefined;

/** An element with attributes and children; what is a string is only ever text. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const child of children)
    if (child !== undefined) made.append(typeof child === 'string' ? visible(child) : child);
  return made;
}

/** A stranger's text, kept apart from the text around it. */
export function foreign(text: string): HTMLElement {
  return element('bdi', {}, text);
}

/** The element of an id that the page was made with. */
export function byId<Kind extends HTMLElement>(id: string, kind: abstract new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${id}`);
}
