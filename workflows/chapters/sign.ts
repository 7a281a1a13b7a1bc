/** Sign: the applicant signs the very PDF that was shown, the lender seals it, and a third party says when. */
import { condition } from '@temporalio/workflow';
import { signContract, type SignContractInput } from '../messages.ts';
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
    until: () => condition(() => story.place.stage !== 'SIGN' || story.parked !== undefined),
  });
  story.show({ stage: 'SIGN' });
  await condition(() => signing !== undefined || story.place.stage !== 'SIGN', terms.signWindowMs);
  const signed = await story.alone(async () => signing ?? (await expire(story)));
  if (signed !== null) return await seal(story, signed);
  if (story.place.stage === 'DISBURSE') registerUndo(story, null);
  return story.endedAs();
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
