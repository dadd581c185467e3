// Who holds a job's lock, as the lock's value in Redis says.

export interface LockOwner {
  readonly workflowId: string;
  readonly firstRunId: string;
  /** Instant of taking, ISO-8601. */
  readonly since: string;
  readonly token: string;
  /** The dead owner that it was taken from, where it was. */
  readonly takenFrom?: Pick<LockOwner, 'workflowId' | 'firstRunId' | 'since'>;
}

export const parseOwner = (value: string): Partial<LockOwner> => {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
};
