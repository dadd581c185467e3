// A digest: made by one activity, sent to everybody it is for, and then kept open until somebody has signed it off or the
// time for that is over. It is nobody's incident: no ladder climbs, and the next one comes whatever becomes of this one.
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { DigestInput, DigestState, SignedOff } from '../../domain/digests/digest.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { digestDetails } from '../display.ts';
import { sendLetter } from '../letters.ts';
import {
  DESCRIPTIONS,
  digestQuery,
  digestSignOffSignal,
  digestSignOffUpdate,
  type SignOffEvent,
} from '../messages.ts';
import { endDigest, makeDigest } from '../proxies.ts';
import { KIND, NAME, PACK, STATE } from '../search-attributes.ts';
import { plannedTick } from '../tick.ts';

export async function digestWorkflow(input: DigestInput): Promise<DigestState> {
  const { digest } = checked(input);
  const { pack, name, signOff, to } = digest;
  const tick = plannedTick();
  let view: DigestState = { pack, digest: name, state: 'making', tick };
  const show = (change: Partial<DigestState>): void => {
    view = { ...view, ...change };
    setCurrentDetails(digestDetails(view, digest));
    upsertSearchAttributes([
      { key: PACK, value: pack },
      { key: KIND, value: 'digest' },
      { key: NAME, value: name },
      { key: STATE, value: view.state },
    ]);
  };
  show({});
  setHandler(digestQuery, () => view, { description: DESCRIPTIONS.state });

  /** Why it cannot be signed off just now; undefined where it can. */
  const against = (event: SignOffEvent | undefined): string | undefined => {
    if (typeof event?.by !== 'string' || event.by.trim() === '') return 'by must name a person';
    if (!signOff) return 'it asks for no sign-off';
    if (view.signedOff) return `${view.signedOff.by} has signed it off at ${view.signedOff.at}`;
    return view.letter === undefined ? 'it is still being made' : undefined;
  };
  const sign = async ({ by, note }: SignOffEvent): Promise<DigestState> => {
    const signedOff: SignedOff = { by, ...(note !== undefined && { note }), at: new Date().toISOString() };
    show({ signedOff, state: 'signedOff' });
    const { letter = 0 } = view;
    await endDigest({ digest, letter, tick, signedOff });
    return view;
  };
  setHandler(
    digestSignOffUpdate,
    async (event: SignOffEvent) => {
      refuseFor(name, against(event));
      return sign(event);
    },
    {
      description: DESCRIPTIONS.signOff,
      validator: (event: SignOffEvent) => refuseFor(name, against(event)),
    },
  );
  setHandler(
    digestSignOffSignal,
    async (event: SignOffEvent) => {
      if (against(event) === undefined) await sign(event);
    },
    { description: DESCRIPTIONS.signOff },
  );

  const { workflowId } = workflowInfo();
  const { letter } = await makeDigest({ digest, tick, workflowId });
  show({
    letter,
    state: 'sending',
    ...(signOff && {
      task: signOff.task,
      dueAt: new Date(Date.now() + signOff.withinSeconds * 1000).toISOString(),
    }),
  });
  const names = [...new Set([...to, ...(signOff ? [signOff.by] : [])])];
  const told = await sendLetter({ letter, names, at: tick });
  // Somebody may have been quicker than the slowest channel.
  show({ told, ...(!view.signedOff && { state: signOff ? 'waitingForSignOff' : 'done' }) });
  if (signOff) await waitForSignOff(signOff.withinSeconds);
  await condition(allHandlersFinished);
  return view;

  async function waitForSignOff(withinSeconds: number): Promise<void> {
    const summary = `to be signed off by ${signOff?.by ?? ''}: ${name}`;
    if (await condition(() => view.signedOff !== undefined, withinSeconds * 1000, { summary })) return;
    show({ state: 'unsigned' });
    const ended = await endDigest({ digest, letter, tick });
    if (ended.letter !== undefined)
      await sendLetter({ letter: ended.letter, names: [signOff?.by ?? 'log'], at: new Date().toISOString() });
  }
}

const refuseFor = (name: string, reason: string | undefined): void => {
  if (reason === undefined) return;
  throw ApplicationFailure.nonRetryable(`${name}: refused, ${reason}`, FAILURE_TYPES.controlRefused);
};

const checked = (input: DigestInput): DigestInput => {
  if (input?.v === 1 && typeof input.digest === 'object' && input.digest.v === 1) return input;
  throw ApplicationFailure.nonRetryable(
    'a digest is started with {v: 1, digest}; `sexton digest send` does that',
    FAILURE_TYPES.badInput,
  );
};
