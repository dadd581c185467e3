// The JSON Schemas that packs publish (packs/<pack>/schemas), and whether something is as they say.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const PACKS = fileURLToPath(new URL('../../../packs/', import.meta.url));

const ENDING = '.schema.json';

export interface PublishedSchemas {
  readonly names: readonly string[];
  /** What is not as the schema says, in words; `sound` where all of it is. */
  readonly check: (name: string, value: unknown) => string;
}

/** All of a pack's, which may refer to each other. */
export const schemasOf = (pack: string): PublishedSchemas => {
  const folder = join(PACKS, pack, 'schemas');
  const names = readdirSync(folder).flatMap((file) =>
    file.endsWith(ENDING) ? [file.slice(0, -ENDING.length)] : [],
  );
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false });
  formats.default(ajv);
  for (const name of names) ajv.addSchema(JSON.parse(readFileSync(join(folder, `${name}${ENDING}`), 'utf8')));
  return {
    names,
    check: (name, value) => {
      const validate = ajv.getSchema(`${name}${ENDING}`);
      if (!validate) throw new Error(`${pack} publishes no schema ${name}`);
      // As it goes out: what is undefined is not there.
      return validate(JSON.parse(JSON.stringify(value))) ? 'sound' : ajv.errorsText(validate.errors);
    },
  };
};
