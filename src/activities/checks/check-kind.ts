// What a kind of check is: asked with its parameters it answers with a finding or throws, which fails it. Whoever asks it
// sees to time.
import type { Finding } from '../../domain/health/finding.ts';
import type { CheckSnapshot } from '../../domain/health/health.ts';
import type { Dependencies } from '../dependencies.ts';

export interface AskedCheck {
  readonly pack: string;
  readonly params: CheckSnapshot['with'];
  /** Home's clock as the checks began. */
  readonly asOf: string;
  readonly timeoutMs: number;
  /** Aborts when the time is over; whatever goes on then must end. */
  readonly signal: AbortSignal;
}

export type CheckKind = (asked: AskedCheck) => Promise<Finding>;

/** What checks look through. */
export type CheckDependencies = Pick<
  Dependencies,
  | 'databases'
  | 'looking'
  | 'temporal'
  | 'redisUrl'
  | 'declared'
  | 'variables'
  | 'variableStates'
  | 'blobs'
  | 'channels'
>;

/** Parameters were checked when the check was declared; they come back as they were written down then. */
export const paramsOfCheck = ({ params }: AskedCheck): unknown => params;
