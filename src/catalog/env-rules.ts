// Rules over several environment variables of a pack. They are judged only where the variables they need
// are sound by themselves, so that one mistake is told once.

/** What does not hold, and at which variable to change it. */
export interface BrokenRule {
  readonly variable: string;
  readonly rule: string;
}

/** One rule over several variables. */
export interface EnvRule<Env = Readonly<Record<string, unknown>>> {
  /** The rule is left out while one of these has a fault of its own. */
  readonly needs: readonly string[];
  /** `isSet` tells a stated value from a default. */
  broken(env: Env, isSet: (variable: string) => boolean): BrokenRule | undefined;
}

/** `lower` must be less than `upper`; told at whichever of the two was stated. */
export const below = (lower: string, upper: string): EnvRule => ({
  needs: [lower, upper],
  broken: (env, isSet) => {
    const [low, high] = [Number(env[lower]), Number(env[upper])];
    if (low < high) return undefined;
    return isSet(lower) || !isSet(upper)
      ? { variable: lower, rule: `must be < ${upper} (${high})` }
      : { variable: upper, rule: `must be > ${lower} (${low})` };
  },
});

/** `variable` must be set where `when` holds; `words` finish the sentence "must be set …". */
export const requiredWhen = ({
  variable,
  words,
  needs = [],
  when,
}: {
  readonly variable: string;
  readonly words: string;
  readonly needs?: readonly string[];
  readonly when: (env: Readonly<Record<string, unknown>>) => boolean;
}): EnvRule => ({
  needs: [variable, ...needs],
  broken: (env) =>
    env[variable] === undefined && when(env) ? { variable, rule: `must be set ${words}` } : undefined,
});

/** `variable` must be set exactly when `other` is. */
export const requiredExactlyWith = (variable: string, other: string): EnvRule => ({
  needs: [variable, other],
  broken: (env) => {
    if ((env[variable] === undefined) === (env[other] === undefined)) return undefined;
    const rule =
      env[variable] === undefined ? `must be set when ${other} is` : `must not be set without ${other}`;
    return { variable, rule };
  },
});
