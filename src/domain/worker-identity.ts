// How workers name themselves to Temporal: whose process it is, and which code it runs.

/** `4711@shed build 3f2a91c0de42`. */
export const workerIdentity = ({
  pid,
  host,
  build,
}: {
  readonly pid: number;
  readonly host: string;
  readonly build: string;
}): string => `${pid}@${host} build ${build}`;

/** The code that a worker of this identity runs; undefined where it does not say. */
export const buildOf = (identity: string): string | undefined => / build (\S+)$/.exec(identity)?.[1];
