// Reads a mail as a mail program does, as far as ours go: headers unfolded and decoded, the plain and the HTML part.

export interface Mail {
  /** By name in small letters; of several the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  readonly raw: string;
}

interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const quotedPrintable = (text: string): Buffer =>
  Buffer.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

/** `=?UTF-8?Q?=E2=9A=A0?=`; blanks between two such words are none. */
const decodeWords = (text: string): string =>
  text
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, how: string, words: string) =>
      (how.toUpperCase() === 'B'
        ? Buffer.from(words, 'base64')
        : quotedPrintable(words.replaceAll('_', ' '))
      ).toString('utf8'),
    );

const partOf = (raw: string): Part => {
  const [head = '', ...rest] = raw.split(/\r?\n\r?\n/);
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }),
  );
  return { headers, body: rest.join('\r\n\r\n') };
};

const decoded = ({ headers, body }: Part): string => {
  const encoding = headers['content-transfer-encoding']?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? quotedPrintable(body).toString('utf8') : body;
};

const partsOf = (part: Part): readonly Part[] => {
  const [, boundary] = /boundary="?([^";]+)"?/.exec(part.headers['content-type'] ?? '') ?? [];
  if (boundary === undefined) return [part];
  return part.body
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap((raw) => partsOf(partOf(raw.replace(/^\r?\n/, ''))));
};

export const readMail = (raw: string): Mail => {
  const whole = partOf(raw);
  const parts = partsOf(whole);
  const find = (type: string): string => {
    const part = parts.find(({ headers }) => headers['content-type']?.startsWith(type));
    return part === undefined ? '' : decoded(part).replaceAll('\r\n', '\n');
  };
  return { headers: whole.headers, text: find('text/plain').trimEnd(), html: find('text/html'), raw };
};
