// Text in HTML that shows as it is, whatever it holds, and links that lead only to the web.
import { printable } from './text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  printable(text)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replaceAll('\n', '<br>');

/** A link where the text is an address on the web, else the text. */
export const htmlLink = (text: string): string => {
  const shown = escapeHtml(text);
  return /^https?:\/\/\S+$/.test(text) ? `<a href="${shown}">${shown}</a>` : shown;
};
