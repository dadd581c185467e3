// A name that a person gave, among those that there are.
import { UnknownNameError } from '../catalog/catalog.ts';
import { nameHint } from '../catalog/close-matches.ts';

/** What stands under the name; throws UnknownNameError with what may have been meant. */
export const knownName = <T>(kind: string, record: Readonly<Record<string, T>>, name: string): T => {
  const found = Object.hasOwn(record, name) ? record[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(record);
  const { near, words } = nameHint(name, names);
  throw new UnknownNameError(`no ${kind} ${name}; ${words}`, near);
};

/** Throws UnknownNameError for a pack that is none of them; without a name all are meant. */
export const checkPackName = (
  packs: readonly { readonly name: string }[],
  pack: string | undefined,
): void => {
  const names = packs.map(({ name }) => name);
  if (pack !== undefined && !names.includes(pack))
    throw new UnknownNameError(`no pack ${pack}; there are: ${names.join(', ')}`, names);
};
