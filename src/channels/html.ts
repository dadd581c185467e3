// Text of messages in HTML, and links that lead only to the web.
import { escapeHtml } from '../domain/html.ts';
import { printable } from './text.ts';

/** Shows as it is, line by line. */
export const messageHtml = (text: string): string => escapeHtml(printable(text)).replaceAll('\n', '<br>');

/** A link where the text is an address on the web, else the text. */
export const htmlLink = (text: string): string => {
  const shown = messageHtml(text);
  return /^https?:\/\/\S+$/.test(text) ? `<a href="${shown}">${shown}</a>` : shown;
};
