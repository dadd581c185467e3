// What Slack refuses in a message, in its own words; the sum of all blocks is a limit that it does not document.
import type { SlackPost } from './slack-workspace.ts';

const TEXT = 40_000;
const BLOCKS = 50;
const ALL_BLOCKS = 13_200;
const FIELDS = 10;

type Block = Readonly<Record<string, unknown>>;

const lengthOf = (object: unknown): number => {
  const text = typeof object === 'object' && object !== null && 'text' in object ? object.text : undefined;
  return typeof text === 'string' ? text.length : 0;
};

const within = (object: unknown, most: number): boolean => lengthOf(object) >= 1 && lengthOf(object) <= most;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isPlain = (object: unknown): boolean =>
  typeof object === 'object' && object !== null && 'type' in object && object.type === 'plain_text';

const isSound = (block: Block): boolean => {
  const id = block['block_id'];
  if (id !== undefined && (typeof id !== 'string' || id.length > 255)) return false;
  const fields = list(block['fields']);
  const elements = list(block['elements']);
  switch (block['type']) {
    case 'header':
      return isPlain(block['text']) && within(block['text'], 150);
    case 'section':
      if (fields.length > FIELDS || !fields.every((field) => within(field, 2_000))) return false;
      return block['text'] === undefined ? fields.length > 0 : within(block['text'], 3_000);
    case 'context':
      return elements.length >= 1 && elements.length <= 10 && elements.every((each) => within(each, 3_000));
    case 'actions':
      return elements.length >= 1 && elements.length <= 25;
    case 'divider':
      return true;
    default:
      return false;
  }
};

/** The error that Slack answers a message with, or undefined where it takes it. */
export const refusal = ({ text, blocks }: Pick<SlackPost, 'text' | 'blocks'>): string | undefined => {
  if (text.length > TEXT) return 'msg_too_long';
  if (blocks.length > BLOCKS || !blocks.every(isSound)) return 'invalid_blocks';
  // Nobody knows what exactly Slack counts; their JSON is the strictest reading.
  if (blocks.length > 0 && JSON.stringify(blocks).length > ALL_BLOCKS) return 'msg_blocks_too_long';
  if (text === '' && blocks.length === 0) return 'no_text';
  return undefined;
};
