// `resolveInstant`: the instant of a time that a person wrote. Beside the workflow, which knows no zones; asks nobody.
import { type Moment, momentOf } from '../../catalog/moment.ts';

export interface ResolveInstantInput {
  /** `tomorrow 09:00 Europe/Berlin`, an instant or a duration. */
  readonly text: string;
  readonly zone?: string;
  /** Instant of the question by the workflow's clock, ISO-8601. */
  readonly at: string;
}

/** The instant with its words, or why there is none. */
export const createResolveInstant =
  () =>
  async ({ text, zone, at }: ResolveInstantInput): Promise<Moment | { readonly fault: string }> =>
    momentOf({ text, zone, atMs: Date.parse(at) });
