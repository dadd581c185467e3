// Takes an envelope apart as strictly as Sentry does: a line of headers, then for each item a line of its own and as
// many bytes as that says.

export interface EnvelopeItem {
  readonly headers: Readonly<Record<string, unknown>>;
  /** Parsed; every item that Sexton sends is JSON. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Envelope {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly items: readonly EnvelopeItem[];
}

const NEWLINE = 0x0a;

const object = (bytes: Buffer, what: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below, as what is JSON and no object.
  }
  throw new Error(`invalid ${what}`);
};

/** Throws what is wrong, in a word or two. */
export const readEnvelope = (body: string): Envelope => {
  const bytes = Buffer.from(body, 'utf8');
  let at = 0;
  const line = (): Buffer => {
    const end = bytes.indexOf(NEWLINE, at);
    const found = bytes.subarray(at, end < 0 ? bytes.length : end);
    at = end < 0 ? bytes.length : end + 1;
    return found;
  };
  const headers = object(line(), 'envelope header');
  const items: EnvelopeItem[] = [];
  while (at < bytes.length) {
    const own = object(line(), 'item header');
    const { type, length } = own;
    if (typeof type !== 'string') throw new Error('missing item type');
    let payload: Buffer;
    if (typeof length === 'number') {
      payload = bytes.subarray(at, at + length);
      at += length;
      // Whatever follows must be the end of the line: anything else was counted wrongly.
      if (payload.length !== length || (at < bytes.length && bytes[at] !== NEWLINE))
        throw new Error('unexpected end of item');
      at += 1;
    } else payload = line();
    items.push({ headers: own, payload: object(payload, 'item payload') });
  }
  if (items.length === 0) throw new Error('empty envelope');
  return { headers, items };
};
