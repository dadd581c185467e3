// Every id in the system is made here and nowhere else.

/** `<pack>/job/<name>`: how a job is named where names of several kinds meet. */
export const jobId = (pack: string, name: string): string => `${pack}/job/${name}`;

/** `<pack>/monitor/<name>`. */
export const monitorId = (pack: string, name: string): string => `${pack}/monitor/${name}`;

/** `<pack>/check/<name>`: a health check. */
export const checkId = (pack: string, name: string): string => `${pack}/check/${name}`;

/** `<pack>/report/<name>`. */
export const reportId = (pack: string, name: string): string => `${pack}/report/${name}`;

/** `<pack>/digest/<name>`. */
export const digestId = (pack: string, name: string): string => `${pack}/digest/${name}`;

/** `<pack>/checklist/<name>`. */
export const checklistId = (pack: string, name: string): string => `${pack}/checklist/${name}`;

/** One of a checklist goes on at a time. */
export const checklistWorkflowId = (pack: string, name: string): string => `checklist/${pack}/${name}`;

/** `<pack>/command/<name>`; the name may have several words. */
export const commandId = (pack: string, name: string): string => `${pack}/command/${name}`;

/** `<pack>/metric/<name>`. */
export const metricId = (pack: string, name: string): string => `${pack}/metric/${name}`;

/** `<pack>/dashboard/<name>`. */
export const dashboardId = (pack: string, name: string): string => `${pack}/dashboard/${name}`;

/** Workflow id that a monitor's schedule is given; Temporal appends the tick's instant to it. */
export const scheduledMonitorWorkflowId = (pack: string, name: string): string =>
  `monitor/${pack}/${name}/scheduled`;

/** Workflow id of an evaluation that a person asked for; `unique` is a ULID. */
export const manualMonitorWorkflowId = (pack: string, name: string, unique: string): string =>
  `monitor/${pack}/${name}/${unique}`;

/** Workflow id that a digest's schedule is given; Temporal appends the tick's instant to it. */
export const scheduledDigestWorkflowId = (pack: string, name: string): string =>
  `digest/${pack}/${name}/scheduled`;

/** Workflow id of a digest that a person asked for; `unique` is a ULID. */
export const manualDigestWorkflowId = (pack: string, name: string, unique: string): string =>
  `digest/${pack}/${name}/${unique}`;

/** Workflow id that a health check's schedule is given; Temporal appends the tick's instant to it. */
export const scheduledHealthWorkflowId = (pack: string, name: string): string =>
  `health-check/${pack}/${name}/scheduled`;

/** Workflow id of a health check that a person asked for; `unique` is a ULID. */
export const manualHealthWorkflowId = (pack: string, name: string, unique: string): string =>
  `health-check/${pack}/${name}/${unique}`;

/** Workflow id of the one evaluation that a run asks for at its end. */
export const evaluationAfterRunId = (pack: string, name: string, runId: string): string =>
  `monitor/${pack}/${name}/after/${runId}`;

/** Workflow id of a run started by a person; `unique` is a ULID, so ids sort by start. */
export const manualRunWorkflowId = (pack: string, name: string, unique: string): string =>
  `job/${pack}/${name}/${unique}`;

/** Workflow id of the one run that makes good for a failed one. */
export const retryRunWorkflowId = (failedRunId: string): string => `retry/${failedRunId}`;

/** Workflow id that a schedule is given; Temporal appends the tick's instant to it. */
export const scheduledRunWorkflowId = (pack: string, name: string): string => `job/${pack}/${name}/scheduled`;

/** The tick that a schedule's run is of, as it was planned; undefined of every other run. */
export const slotOf = (workflowId: string): string | undefined =>
  /\/scheduled-(\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(workflowId)?.[1];

/** Schedule id of a job or monitor by its id. The prefix marks the schedules that `apply` may change or delete. */
export const scheduleIdOf = (id: string): string => `${SCHEDULE_PREFIX}${id}`;

export const jobScheduleId = (pack: string, name: string): string => scheduleIdOf(jobId(pack, name));

export const monitorScheduleId = (pack: string, name: string): string => scheduleIdOf(monitorId(pack, name));

export const checkScheduleId = (pack: string, name: string): string => scheduleIdOf(checkId(pack, name));

export const digestScheduleId = (pack: string, name: string): string => scheduleIdOf(digestId(pack, name));

export const SCHEDULE_PREFIX = 'sexton/';

export const RECONCILE_SCHEDULE_ID = `${SCHEDULE_PREFIX}reconcile`;
export const RECONCILE_WORKFLOW_ID = 'reconcile';

/** Redis key that a job's runs are kept apart by (SLA-16). */
export const defaultLockKey = (job: string): string => `lock:cleanup:${job}`;

/** Workflows and the short activities around them. */
export const ORCHESTRATION_QUEUE = 'sexton-orchestration';
/** Repairs have a queue of their own, so that they never wait behind what they repair. */
export const RECONCILE_QUEUE = 'sexton-reconcile';

/** Slices queue per target database: its slots are what protects that database. */
export const cleanupQueue = (pack: string, database: string): string => `sexton-cleanup/${pack}/${database}`;

/** Observing and handing over; apart from slices, so that an alert never waits behind a delete. */
export const WATCH_QUEUE = 'sexton-watch';
/** Telling people. */
export const NOTIFY_QUEUE = 'sexton-notify';

/** `<pack>/<rule>/<number>`; the number counts through the whole home database and works alone. */
export const incidentId = (pack: string, rule: string, number: number): string => `${pack}/${rule}/${number}`;

/** The number in an incident's id or the number alone; undefined where there is none. */
export const incidentNumber = (text: string): number | undefined => {
  const number = Number(/(\d+)$/.exec(text)?.[1]);
  return Number.isSafeInteger(number) ? number : undefined;
};

/** One escalation per incident number. Read from the incident row by everyone but who makes the row. */
export const escalationWorkflowId = (pack: string, rule: string, number: number): string =>
  `escalation/${incidentId(pack, rule, number)}`;

/** The ladder that a run starts by itself when the home database does not answer. */
export const degradedEscalationWorkflowId = (pack: string, job: string, runId: string): string =>
  `escalation/degraded/${pack}/${job}/${runId}`;

/** The one ladder of everything that is no run while the home database does not answer. */
export const HOME_DATABASE_ESCALATION_ID = 'escalation/degraded/sexton/home-database';

/** What makes two alerts the same: rule and labels. The band's name is not part of it (SLA-06). */
export const fingerprint = (pack: string, rule: string, labels: Readonly<Record<string, string>>): string => {
  const parts = Object.keys(labels)
    .toSorted()
    .map((name) => `${name}=${labels[name]}`);
  return [`${pack}/${rule}`, ...parts].join('|');
};

/** One try of one wake to one target: the same on every retry, never the same twice. */
export const sendKey = (incident: string, wake: number, channel: string, address: string): string =>
  [incident, `w${wake}`, channel, address].filter((part) => part !== '').join('/');

interface Message {
  readonly number: number;
  readonly wake: number;
  readonly channel: string;
  readonly address: string;
}

/** `<incident number>/w<wake>/<target>`: how people name one message. */
export const messageId = ({ number, wake, channel, address }: Message): string =>
  `${number}/w${wake}/${channel}${address === '' ? '' : `:${address}`}`;

/** The message of such an id; undefined where it is none. */
export const parseMessageId = (text: string): Message | undefined => {
  const [, number, wake, channel = '', address = ''] = /^(\d+)\/w(\d+)\/([^:]+)(?::(.+))?$/.exec(text) ?? [];
  return channel === '' ? undefined : { number: Number(number), wake: Number(wake), channel, address };
};

/** Workflow id under which a message is sent again: one at a time. */
export const redeliverWorkflowId = (message: Message): string => `redeliver/${messageId(message)}`;
