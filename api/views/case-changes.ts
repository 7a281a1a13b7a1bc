/** What has changed in a case since its reader last opened it. */
import type { CaseEvidence, CaseRecord } from '../../db/queries/reads/case.ts';

export const CHANGE_KINDS = [
  'EVIDENCE',
  'CHECK',
  'DOCUMENT',
  'ANSWER',
  'ACT',
  'DECISION',
  'CONDITION',
  'UNDO',
  'MOVE',
] as const;

/** One thing that is new: what kind, which one, and since when. */
export interface CaseChange {
  readonly kind: (typeof CHANGE_KINDS)[number];
  /** What it is called: the part of the evidence, the kind of check or document, the act, the code of the condition. */
  readonly what: string;
  readonly at: string;
}

/** PostgreSQL’s text of a moment, in ours. */
const moment = (at: string): string => new Date(at).toISOString();

function inEvidence(evidence: CaseEvidence): readonly CaseChange[] {
  return [
    ...evidence.changes.map(({ what, at }) => ({ kind: 'EVIDENCE' as const, what, at })),
    ...evidence.verifications.map(({ kind, at }) => ({ kind: 'CHECK' as const, what: kind, at })),
    ...evidence.documents.map(({ kind, created_at: at }) => ({
      kind: 'DOCUMENT' as const,
      what: kind,
      at,
    })),
  ];
}

function inRecord(record: CaseRecord, reader: string): readonly CaseChange[] {
  const others = record.actions.filter(({ actor }) => actor !== reader);
  const moved = record.timeline.filter(({ actor }) => actor !== reader);
  return [
    ...record.requests.flatMap(({ state, closed_at: at }) =>
      at === null ? [] : [{ kind: 'ANSWER' as const, what: state, at }],
    ),
    ...others.map(({ action, at }) => ({ kind: 'ACT' as const, what: action, at })),
    ...record.conditions.flatMap(({ kind, answered_at: at }) =>
      at === null ? [] : [{ kind: 'CONDITION' as const, what: kind, at }],
    ),
    ...record.undos.map(({ state, proposed_at: at }) => ({
      kind: 'UNDO' as const,
      what: state,
      at,
    })),
    ...moved.map(({ to, at }) => ({ kind: 'MOVE' as const, what: to, at })),
  ];
}

/**
 * Everything that came after the reader's last look, oldest first; what the reader did is no news to them. Null on the
 * first look, when all of it is new.
 * @param decidedAt when the newest decision was made; null where there is none
 */
export function changesSince(
  evidence: CaseEvidence,
  record: CaseRecord,
  { reader, decidedAt }: { readonly reader: string; readonly decidedAt: Date | null },
) {
  const { look } = record;
  if (look === null) return null;
  const since = Date.parse(look.looked_at);
  const decided: readonly CaseChange[] =
    decidedAt === null ? [] : [{ kind: 'DECISION', what: 'ROUND', at: decidedAt.toISOString() }];
  const items = [...inEvidence(evidence), ...inRecord(record, reader), ...decided]
    .filter(({ at }) => Date.parse(at) > since)
    .map((change) => ({ ...change, at: moment(change.at) }))
    .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return { since: moment(look.looked_at), evidenceVersion: look.evidence_version, items };
}
