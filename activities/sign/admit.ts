/** Admits the applicant's wish to sign: the very PDF that was shown, and a complete recording where the product asks for one. */
import { type Actor, TIMER } from '../../domain/journey.ts';
import { recordingNeed } from '../../domain/recording.ts';
import { disclosureFaults } from '../../domain/disclosure.ts';
import { scheduleFees } from '../../domain/product-schedule.ts';
import { refuseSigning } from '../../domain/sign.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { readContract } from '../../db/queries/contract.ts';
import { advance, setPending } from '../../db/queries/journey.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import { confirmedDisclosure } from '../../db/queries/disclosures.ts';
import { isSigningProved } from '../../db/queries/signing.ts';
import { recordingsOf } from '../../db/queries/recording-evidence.ts';
import type { ActivityDeps } from '../deps.ts';
import { standsElsewhere } from '../ahead.ts';
import { placed } from '../failures.ts';
import type { Placed, Recorded } from '../outcomes.ts';
import { lockPinned } from '../pinned.ts';
import { policyFor } from '../rulebooks.ts';
import { inviteTurn } from '../co-signers.ts';

export interface SignatureAct {
  readonly applicationId: string;
  readonly contractId: string;
  readonly digestSm3: string;
  readonly actor: Actor;
  readonly cause: string;
}

export async function admitSignature(deps: ActivityDeps, act: SignatureAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { application, rules, day } = await lockPinned(deps, tx, act.applicationId);
    if (application.owner_subject !== act.actor.subject)
      return { ok: false, code: 'ROLE_DOES_NOT_FIT' };
    const contract = await readContract(tx, act.applicationId);
    if (contract === undefined || contract.id !== act.contractId)
      return { ok: false, code: 'NO_SUCH_CONTRACT' };
    // Said again to a story that was set back: the signature stands, and the story goes on from the record.
    if (contract.state === 'SIGNED' && contract.sm3 === act.digestSm3)
      return {
        ok: true,
        stage: application.stage,
        version: application.version,
        pending: application.pending,
      };
    if (application.stage !== 'SIGN') return { ok: false, code: 'STAGE_DOES_NOT_FIT' };
    const offer = await latestOffer(tx, act.applicationId);
    const code = refuseSigning({
      contractSm3: contract.sm3,
      shownSm3: act.digestSm3,
      disclosureConfirmed: (await confirmedDisclosure(tx, contract.id)) !== undefined,
      disclosureComplete:
        offer !== undefined &&
        disclosureFaults(offer.offer, scheduleFees(rules.product, offer.amountFen)).length === 0,
      // Without an offer nobody could say what is asked for: then the most is.
      recordingNeed:
        offer === undefined
          ? 'ATTENDED'
          : recordingNeed(rules.product, policyFor(rules, day), offer.amountFen),
      recordings: await recordingsOf(tx, contract.id),
    });
    if (code !== null) return { ok: false, code };
    const digestSm3 = contract.sm3;
    const asked = { contractId: contract.id, partyId: null, digestSm3 };
    if (!(await isSigningProved(tx, act.cause, asked)))
      return { ok: false, code: 'SIGNING_CODE_MISSING' };
    await recordAudit(tx, {
      actor: act.actor.subject,
      role: act.actor.role,
      action: 'contract.sign',
      subjectKind: 'contract',
      subjectId: contract.id,
      result: 'DONE',
      detail: { digestSm3: contract.sm3 },
    });
    // The borrower has signed: now those who sign beside them are asked, one after the other.
    const complete = await inviteTurn(deps, tx, act.applicationId, contract);
    const pending = complete ? null : 'CO_SIGNERS';
    await setPending(tx, act.applicationId, pending);
    return { ok: true, stage: 'SIGN', version: application.version, pending };
  });
}

/** The time to sign ran out by the workflow's clock. */
export async function expireSigning(
  deps: ActivityDeps,
  { applicationId }: { readonly applicationId: string; readonly at: string },
): Promise<Placed> {
  return await deps.db.transaction().execute(async (tx) => {
    const move = {
      applicationId,
      from: 'SIGN',
      to: 'EXPIRED',
      actor: TIMER,
      reason: 'SIGNING_EXPIRED',
    } as const;
    const moved = await advance(tx, { ...move, cause: 'sign.expire' });
    return (await standsElsewhere(tx, moved, applicationId)) ?? placed(moved, 'EXPIRED');
  });
}
