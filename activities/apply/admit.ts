/** Admits a submitted application: checks it once more, pins the rules and moves it into the story. */
import type { PersonApplication } from '../../domain/apply.ts';
import { checkComplete } from '../../domain/form-rules.ts';
import type { Actor } from '../../domain/journey.ts';
import { type Link, writeAdmission, writeFraudLinks } from '../../db/queries/admission.ts';
import {
  type ApplicationRecord,
  latestDocument,
  loadForm,
  readApplication,
} from '../../db/queries/apply.ts';
import { advance } from '../../db/queries/journey.ts';
import { readAgreedAuthorisation } from '../../db/queries/verify.ts';
import type { Tx } from '../../db/database.ts';
import type { PinnedVersions } from '../../db/schema/apply.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { pinArm } from '../experiments/assign.ts';
import { refusalCode } from '../failures.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { policyFor, type Rules } from '../rulebooks.ts';

/** The spans the story waits for, in milliseconds, as the pinned policy sets them. */
export interface StoryTerms {
  readonly productCode: string;
  readonly verifyPatienceMs: number;
  readonly bureauPatienceMs: number;
  readonly reviewReminderMs: number;
  readonly reviewSlaMs: number;
  readonly offerValidMs: number;
  readonly signWindowMs: number;
  readonly payoutQueryAfterMs: number;
  readonly payoutPatienceMs: number;
}

export interface AdmitInput {
  readonly applicationId: string;
  readonly actor: Actor;
  readonly cause: string;
  readonly evidenceVersion: number;
  /** Business date of the submission: the day whose policy holds. */
  readonly today: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function termsOf(rules: Rules, today: string): StoryTerms {
  const policy = policyFor(rules, today);
  return {
    productCode: rules.product.code,
    verifyPatienceMs: policy('verify.patienceMinutes') * MINUTE_MS,
    bureauPatienceMs: policy('bureau.patienceMinutes') * MINUTE_MS,
    reviewReminderMs: policy('review.reminderMinutes') * MINUTE_MS,
    reviewSlaMs: policy('review.slaMinutes') * MINUTE_MS,
    offerValidMs: policy('offer.validityDays') * DAY_MS,
    signWindowMs: policy('sign.windowHours') * HOUR_MS,
    payoutQueryAfterMs: policy('disburse.queryAfterSeconds') * 1_000,
    payoutPatienceMs: policy('disburse.unknownPatienceMinutes') * MINUTE_MS,
  };
}

/** Blind indexes of what this application shares with others when a ring is at work. */
function linksOf(
  cipher: Pick<FieldCipher, 'blindIndex'>,
  form: PersonApplication,
): readonly Link[] {
  const { identity, work, loan, device } = form;
  const link = (
    kind: Link['kind'],
    value: string | null | undefined,
    index = kind.toLowerCase(),
  ): readonly Link[] =>
    value === null || value === undefined || value === ''
      ? []
      : [{ kind, valueIndex: cipher.blindIndex(index, value) }];
  return [
    ...link('DEVICE', device?.fingerprint),
    ...link('MOBILE', identity.mobile),
    ...link('CARD', loan.bankCardNumber),
    ...link('ADDRESS', identity.address),
    ...link('EMPLOYER_PHONE', work.employerPhone),
    // Indexed as the mobile it is, so that one person's contact meets another one's own number.
    ...loan.contacts.flatMap((contact) => link('CONTACT', contact.mobile, 'mobile')),
    ...link('IP', device?.visits?.at(-1)?.address),
  ];
}

interface Admissible {
  readonly form: PersonApplication;
  readonly applicantId: string;
  readonly pinned: PinnedVersions;
  readonly rules: Rules;
}

/** Everything that must hold before the story may begin. */
async function examine(
  deps: ActivityDeps,
  tx: Tx,
  application: ApplicationRecord,
  input: AdmitInput,
): Promise<Admissible | RefusalCode> {
  if (application.stage !== 'APPLY') return 'STAGE_DOES_NOT_FIT';
  if (application.evidence_version !== input.evidenceVersion) return 'STALE_EVIDENCE';
  const cipher = await deps.vault.of(tx, application.id);
  const form = await loadForm(tx, cipher, application.id);
  if (form === null || application.applicant_id === null) return 'FORM_INCOMPLETE';
  const pinned = await deps.rulebooks.newest(tx, form.loan.productCode);
  if (pinned === null) return 'PRODUCT_UNKNOWN';
  const rules = await deps.rulebooks.read(tx, pinned);
  const minAgeYears = policyFor(rules, input.today)('applicant.minAgeYears');
  const findings = checkComplete(form, rules.product, { asOf: input.today, minAgeYears });
  if (findings.some((finding) => finding.severity === 'error')) return 'FORM_INVALID';
  if ((await latestDocument(tx, application.id, 'FACE')) === undefined) return 'FACE_MISSING';
  const authorisation = await readAgreedAuthorisation(tx, application.id);
  if (authorisation === null || authorisation.subjectId !== application.applicant_id)
    return 'AUTHORISATION_MISSING';
  return { form, applicantId: application.applicant_id, pinned, rules };
}

/** Records the submission. The same key again gives the first answer. */
export async function admitApplication(
  deps: ActivityDeps,
  input: AdmitInput,
): Promise<Recorded<{ readonly terms: StoryTerms }>> {
  return await deps.db.transaction().execute(async (tx) => {
    const application = await readApplication(tx, input.applicationId);
    if (application === undefined) return { ok: false, code: 'NOT_FOUND' };
    if (application.pinned !== null) return await readmit(deps, tx, input, application.pinned);
    const admissible = await examine(deps, tx, application, input);
    if (typeof admissible === 'string') return { ok: false, code: admissible };
    const { applicantId, form } = admissible;
    const newcomer = { applicantId, amountFen: form.loan.amountFen };
    const pinned = await pinArm(deps.rulebooks, tx, admissible.pinned, newcomer);
    const moved = await move(tx, input, pinned);
    if (!moved.ok) return { ok: false, code: refusalCode(moved) };
    await fix(deps, tx, input.applicationId, { ...admissible, pinned });
    return admitted(moved.version, admissible.rules, input.today);
  });
}

/** An application that is admitted already keeps the rules it has; any other key than the first finds it past this stage. */
async function readmit(
  deps: ActivityDeps,
  tx: Tx,
  input: AdmitInput,
  pinned: PinnedVersions,
): Promise<Recorded<{ readonly terms: StoryTerms }>> {
  const moved = await move(tx, input, pinned);
  if (!moved.ok) return { ok: false, code: refusalCode(moved) };
  return admitted(moved.version, await deps.rulebooks.read(tx, pinned), input.today);
}

function move(tx: Tx, { applicationId, actor, cause }: AdmitInput, pinned: PinnedVersions) {
  return advance(tx, {
    applicationId,
    from: 'APPLY',
    to: 'VERIFY',
    actor,
    reason: 'SUBMITTED',
    cause,
    versions: pinned,
  });
}

function admitted(version: number, rules: Rules, today: string) {
  return {
    ok: true,
    stage: 'VERIFY',
    version,
    pending: null,
    terms: termsOf(rules, today),
  } as const;
}

async function fix(
  deps: ActivityDeps,
  tx: Tx,
  applicationId: string,
  admissible: Admissible,
): Promise<void> {
  const { form, pinned, applicantId } = admissible;
  const { amountFen, termMonths } = form.loan;
  await writeAdmission(tx, { applicationId, pinned, amountFen, termMonths });
  await writeFraudLinks(tx, applicationId, applicantId, linksOf(deps.vault, form));
}
