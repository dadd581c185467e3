// The names of an object: its path in the store, and the addresses under which Vercel hands it out. Rows may hold either, and
// whoever looks for a row that names an object must look for all of them. SQL's own half is `sexton.object_path`.

const HOST = '.blob.vercel-storage.com';
const ACCESS = ['public', 'private'] as const;

/** Id of the store that a token opens, as addresses have it; empty where the token tells none. */
export const storeIdOf = (token: string): string => {
  const id = token.split('_')[3]?.toLowerCase() ?? '';
  return /^[a-z0-9]+$/.test(id) ? id : '';
};

/** Its path in the store; what is an address of another store stays as it is. */
export const pathOf = (storeId: string, name: string): string => {
  const [, id, address] =
    /^https?:\/\/([a-z0-9]+)\.(?:public|private)\.blob\.vercel-storage\.com\/(.*)$/is.exec(name) ?? [];
  if (storeId === '' || address === undefined || id?.toLowerCase() !== storeId)
    return name.replace(/^\//, '');
  const encoded = address.replace(/[?#].*$/s, '');
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
};

/** Every name by which a row may call the object that is named so; the name itself is among them. */
export const namesOf = (storeId: string, name: string): readonly string[] => {
  const path = pathOf(storeId, name);
  const own = [name, path, `/${path}`];
  if (storeId === '') return [...new Set(own)];
  const encoded = [path.split('/').map(encodeURIComponent).join('/'), encodeURI(path), path];
  const addresses = ACCESS.flatMap((access) =>
    encoded.map((each) => `https://${storeId}.${access}${HOST}/${each}`),
  );
  return [...new Set([...own, ...addresses, ...addresses.map((address) => `${address}?download=1`)])];
};
