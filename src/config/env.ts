// The only place that reads process.env. Everything else is given the variables it needs.

/** Variables by name; a variable that is not set is absent. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of this process, copied, so that later changes to it change nothing here. */
export const processEnv = (): Env => ({ ...process.env });
