// Slack's mrkdwn: text that shows as it is, links, and instants in the reader's own time zone.
import { instantText, printable } from '../text.ts';

/** Cuts text that is already escaped, never inside a character or an entity such as `&amp;`. */
export const cut = (text: string, max: number): string =>
  text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .replace(/&[a-z]*$/, '')
        .replace(/[\uD800-\uDBFF]$/, '')}…`;

const escaped = (text: string): string =>
  printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text as mrkdwn shows it literally, so that nobody's data mentions a channel or makes a link. */
export const escapeMrkdwn = (text: string, max: number): string => cut(escaped(text.slice(0, max + 1)), max);

/** The instant in the reader's own time zone; in UTC where a client cannot. */
export const localInstant = (iso: string): string => {
  const seconds = Math.floor(Date.parse(iso) / 1000);
  if (Number.isNaN(seconds)) return escapeMrkdwn(iso, 100);
  return `<!date^${seconds}^{date_short_pretty} {time_secs}|${instantText(iso)}>`;
};

/** A command that can be copied. */
export const code = (text: string, max: number): string =>
  `\`${escapeMrkdwn(text.replaceAll('`', "'"), max)}\``;

/** Characters that would end a link early, or that JSON would double. */
const LINK_BREAKERS = /[<>|"\\`\s]/g;

/** A link where the text is an address that fits, else the text. */
export const link = (text: string, max: number): string => {
  const url = printable(text).replace(LINK_BREAKERS, encodeURIComponent);
  if (!/^https?:\/\//.test(url) || url.length > max) return escapeMrkdwn(text, max);
  return `<${url.replaceAll('&', '&amp;')}>`;
};
