// First words of the command line that are Sexton's own.

/** No pack has one of these names: `sexton <name> …` would not reach its commands. */
export const ENGINE_COMMANDS: ReadonlySet<string> = new Set(
  `ack apply approve checklist dashboard deadletter deadletters dev diagnose digest doctor escalate figures gateway grafana
  health help incident incidents ladder locks notify oncall pause plan reassign release-lock report resolve resume retry
  review rules run runbook schedule seed set-batch-size silence snooze stop unack worker workers`.split(
    /\s+/,
  ),
);
