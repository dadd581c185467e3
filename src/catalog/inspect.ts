// Looking at values before they are known to be sound.

/** What an error says, whatever was thrown. */
export const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Names that are there more than once. */
export const doubled = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

/** The `name` of a value that has one. */
export const nameOf = (value: unknown, otherwise: string): string =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
    ? value.name
    : otherwise;

/** The name of each, or its place where it has none. */
export const namesOfAll = (inputs: readonly unknown[]): readonly string[] =>
  inputs.map((input, place) => nameOf(input, `${place}`));

/** Every `name` that stands anywhere in a value. */
export const namesWithin = (input: unknown): readonly string[] => {
  if (typeof input !== 'object' || input === null) return [];
  const inner = Object.values(input).flatMap(namesWithin);
  return 'name' in input && typeof input.name === 'string' ? [input.name, ...inner] : inner;
};

/** The list under a key, or none. */
export const listOf = (input: unknown, key: string): readonly unknown[] => {
  const list: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
  return Array.isArray(list) ? list : [];
};
