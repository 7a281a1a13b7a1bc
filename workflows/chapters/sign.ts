/** Sign: the applicant signs the very PDF that was shown, then those who sign beside them; the lender seals it, and a third party says when. */
import { condition } from '@temporalio/workflow';
import { coSign, signContract, type SignContractInput } from '../messages.ts';
import { hear, said } from '../people.ts';
import type { EndsWith, Story } from '../story.ts';
import { instant } from '../time.ts';

/** The trust services may be away for a day before people are asked. */
const TRUST_PATIENCE_MS = 86_400_000;

export async function sign(story: Story): Promise<EndsWith | null> {
  const { applicationId, doors, terms } = story;
  let signing: SignContractInput | undefined;
  hear(story, signContract, {
    refuse: () =>
      story.place.stage === 'SIGN' && signing === undefined ? null : 'STAGE_DOES_NOT_FIT',
    record: (input) => {
      const { contractId, digestSm3 } = input;
      return doors.record.admitSignature({ ...said(input), applicationId, contractId, digestSm3 });
    },
    afterwards: (input) => {
      signing = input;
    },
    until: () => condition(() => !isUnderWay(story)),
  });
  hearCoSigners(story);
  story.show({ stage: 'SIGN' });
  await condition(() => signing !== undefined || story.place.stage !== 'SIGN', terms.signWindowMs);
  if (waitsForCoSigners(story)) await waitForCoSigners(story);
  const signed = await story.alone(async () =>
    signing === undefined || waitsForCoSigners(story) || story.endedAs() !== null
      ? await expire(story)
      : signing,
  );
  if (signed !== null) return await seal(story, signed);
  if (story.place.stage === 'DISBURSE') registerUndo(story, null);
  return story.endedAs();
}

const waitsForCoSigners = ({ place }: Story): boolean =>
  place.stage === 'SIGN' && place.pending === 'CO_SIGNERS';

/** Whether the house still works on what was said: a person hears the outcome, but does not wait for other people. */
const isUnderWay = (story: Story): boolean =>
  story.place.stage === 'SIGN' && !waitsForCoSigners(story) && story.parked === undefined;

/** A contract without co-signers never waits for any, so that nobody is heard under it. */
function hearCoSigners(story: Story): void {
  const { applicationId, doors } = story;
  hear(story, coSign, {
    refuse: () => (waitsForCoSigners(story) ? null : 'STAGE_DOES_NOT_FIT'),
    record: (input) => {
      const { partyId, answer, digestSm3 } = input;
      const act = { applicationId, partyId, answer, digestSm3 };
      return doors.record.admitCoSignature({ ...said(input), ...act });
    },
    until: () => condition(() => !isUnderWay(story)),
  });
}

/** From the borrower's signature on the others have the window once more, and half-way whose turn it is is reminded. */
async function waitForCoSigners(story: Story): Promise<void> {
  const { applicationId, doors, terms } = story;
  const half = Math.floor(terms.signWindowMs / 2);
  const over = () => !waitsForCoSigners(story);
  if (await condition(over, half)) return;
  await doors.record.remindCoSigner({ applicationId });
  await condition(over, half);
}

/** A contract that the record knows as signed, before the story was set back, does not expire. */
async function expire(story: Story): Promise<null> {
  if (story.place.stage !== 'SIGN') return null;
  const { applicationId, doors } = story;
  await story.advance('sign.expire', () =>
    doors.record.expireSigning({ applicationId, at: instant() }),
  );
  return null;
}

/** @param contractId null in a story that was set back: then it is the application's own */
function registerUndo({ applicationId, doors, undo }: Story, contractId: string | null): void {
  undo.register({
    name: 'revoke-certificate',
    run: () =>
      doors.outside('signing', TRUST_PATIENCE_MS).revokeCertificate({ applicationId, contractId }),
  });
  undo.register({
    name: 'cancel-payout',
    run: () => doors.record.cancelPayout({ applicationId, at: instant() }),
  });
}

async function seal(story: Story, signed: SignContractInput): Promise<EndsWith | null> {
  const { applicationId, doors } = story;
  const { contractId, digestSm3 } = signed;
  registerUndo(story, contractId);
  await story.advance('sign.seal', () =>
    doors
      .outside('signing', TRUST_PATIENCE_MS)
      .sealContract({ ...said(signed), applicationId, contractId, digestSm3, at: instant() }),
  );
  return story.endedAs();
}
