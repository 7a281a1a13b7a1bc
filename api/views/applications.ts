/** Applications as answers show them. */
import type { ApplicationRecord } from '../../db/queries/apply.ts';
import type { TimelineEvent } from '../../db/queries/journey.ts';
import type { Belongings, listApplications } from '../../db/queries/reads/applications.ts';
import type { ShownPages } from '../masked-pages.ts';
import type { ShownRequest } from '../requested-items.ts';
import { iso, isoOrNull } from '../times.ts';

type Summarised = Awaited<ReturnType<typeof listApplications>>[number] | ApplicationRecord;

/** Where we judge an application: why it went on or not is told by the decision, in words for the applicant. */
const JUDGING: readonly string[] = ['VERIFY', 'BUREAU', 'FRAUD', 'SCORE', 'DECIDE', 'REVIEW'];

/** What an owner reads in place of a reason of ours. */
const JUDGED = 'JUDGED';

/**
 * The reason of a move as an owner may read it. Codes of the judging stages are kept from owners all alike: one that were
 * hidden by itself would tell what it hides (反洗钱法 art. 40: who is listed must not be tipped off).
 */
const reasonForOwner = (from: string, actorKind: string, role: string | null, reason: string) => {
  const owns = actorKind === 'human' && (role === 'applicant' || role === 'integrator');
  return JUDGING.includes(from) && !owns && actorKind !== 'timer' ? JUDGED : reason;
};

export function summaryOf(row: Summarised, forStaff: boolean) {
  return {
    id: row.id,
    externalId: row.external_id,
    applicantKind: row.applicant_kind,
    productCode: row.product_code,
    stage: row.stage,
    pending: row.pending,
    version: row.version,
    amountFen: row.amount_fen,
    termMonths: row.term_months,
    endReason: !forStaff && row.stage === 'DECLINED' ? JUDGED : row.end_reason,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    submittedAt: isoOrNull(row.submitted_at),
    endedAt: isoOrNull(row.ended_at),
  };
}

export function applicationOf(
  row: ApplicationRecord,
  belongings: Belongings,
  { pages, request }: { readonly pages: ShownPages; readonly request: ShownRequest | null },
  forStaff: boolean,
) {
  return {
    ...summaryOf(row, forStaff),
    evidenceVersion: row.evidence_version,
    round: row.round,
    pages,
    faceUploaded: belongings.face_uploaded,
    authorisationId: belongings.authorisation_id,
    decisionId: belongings.decision_id,
    offerId: belongings.offer_id,
    contractId: belongings.contract_id,
    loanId: belongings.loan_id,
    loanIds: [...belongings.loan_ids],
    informationRequest:
      request === null
        ? null
        : {
            id: request.id,
            items: request.items.map((item) => ({ ...item })),
            requestedAt: iso(request.requestedAt),
          },
  };
}

/** An event of the journey. To an owner every person of ours is nobody in particular. */
export function timelineEventOf(event: TimelineEvent, forStaff: boolean) {
  const ownAct = event.role === 'applicant' || event.role === 'integrator';
  return {
    number: event.number,
    from: event.from,
    to: event.to,
    actorKind: event.actorKind,
    actor: forStaff || ownAct ? event.actor : null,
    role: event.role,
    reason: forStaff
      ? event.reason
      : reasonForOwner(event.from, event.actorKind, event.role, event.reason),
    at: iso(event.at),
  };
}
