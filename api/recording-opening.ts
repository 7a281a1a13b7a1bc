/** Opens a dual-recording session: of the kind that the loan's rules ask for, with the script in force filled for the loan. */
import { latestOffer } from '../db/queries/offer.ts';
import { readApplication } from '../db/queries/apply.ts';
import { type NewRecording, openRecording } from '../db/queries/recordings.ts';
import { newestRulebooks, readRulebook } from '../db/queries/rulebooks.ts';
import type { Tx } from '../db/database.ts';
import { type PolicyRow, policyOf } from '../domain/policy.ts';
import type { Product } from '../domain/products.ts';
import { type RecordingNeed, recordingNeed } from '../domain/recording.ts';
import { fillScript, parseRecordingScript, scriptTermsOf } from '../domain/recording-script.ts';
import type { Fen } from '../domain/money.ts';
import type { Offer } from '../domain/offer.ts';
import { businessDate } from '../platform/clock.ts';
import { recordDeed } from './audit.ts';
import { actKeyOf, type AppContext, callerOf } from './deps.ts';
import { derivedId } from './derived-id.ts';
import { ApiProblem } from './problem-response.ts';

/** Which recording the loan needs by its own rules. */
async function needOf(tx: Tx, applicationId: string, amountFen: Fen): Promise<RecordingNeed> {
  const application = await readApplication(tx, applicationId);
  const { pinned, submitted_at } = application ?? {};
  if (pinned == null || submitted_at == null) throw new ApiProblem('STAGE_DOES_NOT_FIT');
  const product = await readRulebook(tx, { kind: 'PRODUCT', ...pinned.product });
  const rows = await readRulebook(tx, { kind: 'POLICY', ...pinned.policy });
  if (product === undefined || rows === undefined) throw new ApiProblem('STAGE_DOES_NOT_FIT');
  // Both were parsed when they were published, and the table refuses any change after that.
  const { lenderType } = product as Product;
  const policy = policyOf(rows as readonly PolicyRow[], businessDate(submitted_at), lenderType);
  return recordingNeed(product as Product, policy, amountFen);
}

/** The script in force with the loan's terms; null where none is in force. */
async function scriptFor(tx: Tx, offer: Offer, lender: string): Promise<NewRecording['script']> {
  const keys = await newestRulebooks(tx, '');
  const key = keys.find(({ kind }) => kind === 'RECORDING_SCRIPT');
  if (key === undefined) return null;
  const parsed = parseRecordingScript(await readRulebook(tx, key));
  if (!parsed.ok) throw new ApiProblem('RECORDING_SCRIPT_MISSING');
  const nodes = fillScript(parsed.script, scriptTermsOf(offer, lender));
  return { code: key.code, version: key.version, nodes };
}

/** Opens the session of an act; the same act again opens no other. Gives its id. */
export async function openSession(
  c: AppContext,
  contract: { readonly id: string; readonly application_id: string },
  consent: boolean,
): Promise<string> {
  const { db, lender, now } = c.get('deps');
  const id = derivedId(actKeyOf(c), 'recording');
  await db.transaction().execute(async (tx) => {
    const offer = await latestOffer(tx, contract.application_id);
    if (offer === undefined) throw new ApiProblem('STAGE_DOES_NOT_FIT');
    const need = await needOf(tx, contract.application_id, offer.amountFen);
    // Nobody is kept from recording more than is asked for.
    const kind = need === 'ATTENDED' ? 'ATTENDED' : 'SELF';
    if (kind === 'ATTENDED' && !consent) throw new ApiProblem('RECORDING_CONSENT_MISSING');
    const script = await scriptFor(tx, offer.offer, lender.name);
    if (kind === 'ATTENDED' && script === null) throw new ApiProblem('RECORDING_SCRIPT_MISSING');
    const isNew = await openRecording(tx, {
      id,
      applicationId: contract.application_id,
      contractId: contract.id,
      openedBy: callerOf(c).subject,
      kind,
      consentAt: consent ? now() : null,
      script,
    });
    if (!isNew) return;
    await recordDeed(c, tx, {
      action: 'recording.open',
      subjectKind: 'application',
      subjectId: contract.application_id,
      result: 'DONE',
      detail: { recording: id, kind, consent, script: script?.version ?? null },
    });
  });
  return id;
}
