// A checklist that goes on: what is done, what comes next, and what may be asked of it. Pure.

interface ChecklistStep {
  readonly name: string;
  readonly title: string;
  readonly how?: string;
}

/** A checklist as it travels: whole, in its workflow's input, so that editing a pack changes none that goes on. */
export interface ChecklistSnapshot {
  readonly v: 1;
  readonly pack: string;
  readonly name: string;
  readonly title: string;
  /** Role that answers for it. */
  readonly owner: string;
  readonly steps: readonly ChecklistStep[];
  /** What a person confirms once every step is done. Missing: it is over with its last step. */
  readonly signOff?: string;
}

/** Input of the `checklist` workflow. */
export interface ChecklistInput {
  readonly v: 1;
  readonly checklist: ChecklistSnapshot;
  readonly by: string;
}

/** Somebody's word for something that is done. */
interface Done {
  readonly by: string;
  /** ISO-8601. */
  readonly at: string;
  readonly note: string;
}

export interface DoneStep extends Done {
  readonly step: string;
}

export interface ChecklistState {
  readonly pack: string;
  readonly checklist: string;
  readonly title: string;
  readonly state: 'open' | 'waitingForSignOff' | 'completed' | 'abandoned';
  readonly startedBy: string;
  readonly startedAt: string;
  readonly steps: readonly ChecklistStep[];
  /** In the order of the steps. */
  readonly done: readonly DoneStep[];
  /** What must be done next; null where no step is left, or it is over. */
  readonly next: ChecklistStep | null;
  /** What is to be signed off, or who did. */
  readonly signOff: { readonly title: string; readonly done: Done | null } | null;
  readonly abandoned: Done | null;
}

/** What a person says with it. */
export interface ChecklistEvent {
  readonly by: string;
  readonly note: string;
}

export const beginChecklist = ({ checklist, by }: ChecklistInput, at: string): ChecklistState => ({
  pack: checklist.pack,
  checklist: checklist.name,
  title: checklist.title,
  state: 'open',
  startedBy: by,
  startedAt: at,
  steps: checklist.steps,
  done: [],
  next: checklist.steps[0] ?? null,
  signOff: checklist.signOff === undefined ? null : { title: checklist.signOff, done: null },
  abandoned: null,
});

export const isOver = ({ state }: ChecklistState): boolean => state === 'completed' || state === 'abandoned';

/** Why it is refused; undefined where nothing stands against it. */
export type Refusal = string | undefined;

const said = (event: ChecklistEvent | undefined): Refusal => {
  if (typeof event?.by !== 'string' || event.by.trim() === '') return 'by must name a person';
  if (typeof event.note !== 'string' || event.note.trim() === '') return 'note must say what was done';
  return undefined;
};

/** Steps are completed in their order: each blocks the next. */
export const againstStep = (
  state: ChecklistState,
  event: (ChecklistEvent & { readonly step: string }) | undefined,
): Refusal => {
  const { next, done, steps } = state;
  const unsaid = said(event);
  if (unsaid !== undefined || event === undefined) return unsaid;
  if (isOver(state)) return `it is ${state.state}`;
  const { step } = event;
  const earlier = done.find((each) => each.step === step);
  if (earlier) return `${step} was done by ${earlier.by} at ${earlier.at}`;
  if (!steps.some(({ name }) => name === step))
    return `it has no step ${step}; there are: ${steps.map(({ name }) => name).join(', ')}`;
  return next?.name === step ? undefined : `${next?.name ?? 'its sign-off'} comes first`;
};

export const completeStep = (
  state: ChecklistState,
  { step, by, note }: ChecklistEvent & { readonly step: string },
  at: string,
): ChecklistState => {
  const done = [...state.done, { step, by, at, note }];
  const next = state.steps[done.length] ?? null;
  const left = state.signOff === null ? 'completed' : 'waitingForSignOff';
  return { ...state, done, next, state: next ? 'open' : left };
};

export const againstSignOff = (state: ChecklistState, event: ChecklistEvent | undefined): Refusal => {
  const unsaid = said(event);
  if (unsaid !== undefined) return unsaid;
  if (isOver(state)) return `it is ${state.state}`;
  if (state.signOff === null) return 'it needs no sign-off';
  return state.next ? `${state.next.name} comes first` : undefined;
};

export const signOffChecklist = (
  state: ChecklistState,
  { by, note }: ChecklistEvent,
  at: string,
): ChecklistState => ({
  ...state,
  state: 'completed',
  signOff: state.signOff && { ...state.signOff, done: { by, at, note } },
});

export const againstAbandoning = (state: ChecklistState, event: ChecklistEvent | undefined): Refusal =>
  said(event) ?? (isOver(state) ? `it is ${state.state}` : undefined);

export const abandonChecklist = (
  state: ChecklistState,
  { by, note }: ChecklistEvent,
  at: string,
): ChecklistState => ({ ...state, state: 'abandoned', next: null, abandoned: { by, at, note } });

/** What comes next, in words. */
export const nextInChecklist = ({ state, next, signOff }: ChecklistState): string => {
  if (next) return `${next.name}: ${next.title}`;
  if (state === 'waitingForSignOff') return `sign-off: ${signOff?.title ?? ''}`;
  return `nothing: it is ${state}`;
};
