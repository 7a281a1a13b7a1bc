/** Rules as answers show them: drafts with what they wait for, versions with where they stand, the switch. */
import type {
  listDrafts,
  readActivations,
  readDraft,
  readDraftEvents,
} from '../../db/queries/rule-life.ts';
import type { readSwitchActs } from '../../db/queries/rule-switches.ts';
import type { listVersions } from '../../db/queries/rulebooks.ts';
import type { CheckReport } from '../../db/schema/rules.ts';
import {
  type DraftState,
  inForce,
  isByCode,
  RULE_KINDS,
  type RuleKind,
  standingOf,
} from '../../domain/rule-life.ts';
import { iso } from '../times.ts';

export type DraftRow = NonNullable<Awaited<ReturnType<typeof readDraft>>>;
type SummaryRow = Awaited<ReturnType<typeof listDrafts>>[number];
type EventRow = Awaited<ReturnType<typeof readDraftEvents>>[number];
export type ActivationRow = Awaited<ReturnType<typeof readActivations>>[number];
type VersionRow = Awaited<ReturnType<typeof listVersions>>[number];
type SwitchRow = Awaited<ReturnType<typeof readSwitchActs>>[number];

const WAITS: Readonly<Record<DraftState, 'CHECK' | 'PROPOSAL' | 'SECOND_APPROVAL' | null>> = {
  DRAFT: 'CHECK',
  CHECKED: 'PROPOSAL',
  PROPOSED: 'SECOND_APPROVAL',
  APPROVED: null,
  REJECTED: null,
  WITHDRAWN: null,
};

function checkOf(report: CheckReport | null) {
  if (report === null) return null;
  const { cases } = report;
  return {
    ...report,
    cases: cases === null ? null : { total: cases.total, failed: [...cases.failed] },
  };
}

export function draftSummaryOf(row: SummaryRow) {
  return {
    id: row.id,
    kind: row.kind,
    code: row.code,
    version: row.version,
    state: row.state,
    waitingFor: WAITS[row.state],
    documentSm3: row.document_sm3,
    check: checkOf(row.check_report),
    createdBy: row.created_by,
    editedBy: row.edited_by,
    proposedBy: row.proposed_by,
    approvedBy: row.approved_by,
    createdAt: iso(row.created_at),
    editedAt: iso(row.edited_at),
  };
}

export function draftOf(row: DraftRow, events: readonly EventRow[]) {
  return {
    ...draftSummaryOf(row),
    document: row.document,
    history: events.map((event) => ({
      act: event.act,
      state: event.state,
      actor: event.actor,
      role: event.actor_role,
      reason: event.reason,
      documentSm3: event.document_sm3,
      at: iso(event.at),
    })),
  };
}

export function activationOf(row: ActivationRow) {
  return {
    id: row.id,
    kind: row.kind,
    code: row.code,
    version: row.version,
    effectiveFrom: iso(row.effective_from),
    cause: row.cause,
    proposedBy: row.proposed_by,
    activatedBy: row.activated_by,
    reason: row.reason,
  };
}

const moments = (row: ActivationRow) => ({
  ...row,
  effectiveFrom: row.effective_from.getTime(),
});

/** Activations that compete with each other: of one code for products and papers, of the whole kind for everything else. */
export function rivalsOf(
  rows: readonly ActivationRow[],
  kind: RuleKind,
  code: string,
): readonly ActivationRow[] {
  return rows.filter((row) => row.kind === kind && (!isByCode(kind) || row.code === code));
}

/** The activation in force among rivals, by the database's moment that they were read at; null when none is. */
export function liveOf(rivals: readonly ActivationRow[]): ActivationRow | null {
  const at = rivals[0]?.now.getTime() ?? 0;
  return inForce(rivals.map(moments), at);
}

/** What is in force of everything, and what is to come. */
export function inForceOf(rows: readonly ActivationRow[]) {
  const live = RULE_KINDS.flatMap((kind) => {
    const ofKind = rows.filter((row) => row.kind === kind);
    const codes = isByCode(kind) ? [...new Set(ofKind.map((row) => row.code))] : [''];
    return codes.flatMap((code) => liveOf(rivalsOf(rows, kind, code)) ?? []);
  });
  return {
    inForce: live.map(activationOf),
    scheduled: rows.filter((row) => row.effective_from > row.now).map(activationOf),
  };
}

/** Every published version of one code with where it stands. @param rivals of this kind and code */
export function versionsOf(
  versions: readonly VersionRow[],
  rivals: readonly ActivationRow[],
  code: string,
) {
  const live = liveOf(rivals);
  const at = rivals[0]?.now.getTime() ?? 0;
  return versions.map(({ version, document_sm3: documentSm3, published_at: publishedAt }) => {
    const own = rivals.filter((row) => row.code === code && row.version === version);
    const isLive = live?.code === code && live.version === version;
    return {
      version,
      standing: standingOf(own.map(moments), isLive, at),
      documentSm3,
      publishedAt: iso(publishedAt),
      activations: own.map(activationOf),
    };
  });
}

/** @param acts newest first */
export function killSwitchOf(acts: readonly SwitchRow[]) {
  const last = acts[0]?.act ?? 'OFF';
  return {
    on: last !== 'OFF',
    waitingFor: last === 'PROPOSE_OFF' ? ('SECOND_APPROVAL' as const) : null,
    acts: acts.map((row) => ({
      act: row.act,
      actor: row.actor,
      role: row.actor_role,
      proposedBy: row.proposed_by,
      reason: row.reason,
      at: iso(row.at),
    })),
  };
}
