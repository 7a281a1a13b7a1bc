/** Who would have to approve a case, and why: the matrix in force asked about an application or about figures. */
import type { z } from '@hono/zod-openapi';
import { listDeskPeople } from '../../db/queries/desk-people.ts';
import { readDecision, readReferralCounts } from '../../db/queries/decide.ts';
import { readApplication } from '../../db/queries/apply.ts';
import { readExposures } from '../../db/queries/reads/comparison.ts';
import { newestRulebooks, readRulebook } from '../../db/queries/rulebooks.ts';
import { parseMatrix } from '../../domain/approval-matrix-parse.ts';
import {
  type ApprovalMatrix,
  type MatrixCase,
  needsSecondPerson,
  type StageSpec,
} from '../../domain/approval-matrix.ts';
import { STRATEGY_ROW, stagesAtDesk } from '../../domain/approval-stages.ts';
import { type ApprovalLevel, isDecidingRole } from '../../domain/authority.ts';
import { GRADES } from '../../domain/loan-terms.ts';
import { businessDate } from '../../platform/clock.ts';
import { levelsOf } from '../approval-levels.ts';
import type { AppContext } from '../deps.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';
import { simulated, simulation } from '../schemas/desk.ts';

const EXPOSURES_MOST = 1000;

const simulate = defineRoute('POST /v1/approval-matrix/simulate', {
  summary: 'Who would have to approve this, and why',
  description:
    'Changes nothing. Answers by the matrix in force now; a review that is open keeps the one it began under.',
  tags: ['decide'],
  request: { body: jsonBody(simulation) },
  responses: { 200: jsonAnswer('Stages, people and reasons', simulated) },
});

type Asked = z.infer<typeof simulation>;
type Person = Awaited<ReturnType<typeof listDeskPeople>>[number];

/** Amounts of contracts that are signed or about to be count as owed, as they do when a review opens. */
const UNDER_WAY = ['CONTRACT', 'SIGN', 'DISBURSE'];

/** A case with the approvals that its strategy asks for. */
interface Weighed {
  readonly it: MatrixCase;
  readonly levels: readonly ApprovalLevel[];
}

async function caseOfApplication(
  c: AppContext,
  id: string,
  amount: number | undefined,
): Promise<Weighed> {
  const { db, now } = c.get('deps');
  const application = visible(c, await readApplication(db, id));
  const decision = await readDecision(db, id, application.round);
  const amountFen = amount ?? decision?.amountFen ?? application.amount_fen;
  const { product_code: productCode, applicant_id: applicantId } = application;
  if (decision === undefined || amountFen === null || productCode === null || applicantId === null)
    throw new ApiProblem('STAGE_DOES_NOT_FIT');
  const { referralsHit, gaps } = await readReferralCounts(db, id, application.round);
  const others = (await readExposures(db, applicantId, EXPOSURES_MOST)).filter(
    (row) => row.application_id !== id,
  );
  const owed = others.reduce(
    (sum, row) =>
      sum + (row.outstanding_fen ?? (UNDER_WAY.includes(row.stage) ? (row.amount_fen ?? 0) : 0)),
    0,
  );
  const it: MatrixCase = {
    productCode,
    amountFen,
    // What is not known asks for more people, never for fewer.
    grade: GRADES.find((grade) => grade === decision.grade) ?? 'E',
    exposureFen: owed + amountFen,
    exceptions: referralsHit + gaps,
  };
  // The decision's own approvals are for its own amount; another one is asked about under the same versions.
  if (amountFen === decision.amountFen && decision.outcome === 'REFER')
    return { it, levels: decision.approvals };
  const day = businessDate(application.submitted_at ?? now());
  return { it, levels: await levelsOf(db, it, day, application.pinned ?? {}) };
}

async function caseOf(c: AppContext, asked: Asked): Promise<Weighed> {
  if ('applicationId' in asked)
    return await caseOfApplication(c, asked.applicationId, asked.amountFen);
  const { exposureFen = asked.amountFen, ...rest } = asked;
  const it = { ...rest, exposureFen };
  const { db, now } = c.get('deps');
  return { it, levels: await levelsOf(db, it, businessDate(now()), {}) };
}

const BY_STRATEGY = { zh: '策略要求第二人审批', en: 'The strategy asks for a second person' };

/** Whether somebody may take a seat now: at the desk, not away, in a fitting role, and able where the stage is final. */
function maySit(
  person: Person,
  stage: StageSpec,
  final: { readonly amountFen: number; readonly matrix: ApprovalMatrix } | null,
  now: Date,
): boolean {
  const { away_from: from, away_until: until } = person;
  const away = from !== null && until !== null && from <= now && now < until;
  if (!person.on_desk || away) return false;
  return stage.roles.some((role) => {
    if (!person.roles.includes(role) || !isDecidingRole(role)) return false;
    if (final === null) return true;
    return Math.min(final.matrix.authority[role], person.limit_fen ?? Infinity) >= final.amountFen;
  });
}

async function answer(c: AppContext, asked: Asked): Promise<z.infer<typeof simulated>> {
  const { db, now } = c.get('deps');
  const { it, levels } = await caseOf(c, asked);
  const key = (await newestRulebooks(db, '')).find(({ kind }) => kind === 'MATRIX');
  const read = key === undefined ? null : parseMatrix(await readRulebook(db, key));
  const nobody = { approvable: false, row: null, zh: null, en: null, secondPerson: false };
  if (key === undefined || read === null || !read.ok)
    return { matrix: 'NONE', ...nobody, case: { ...it }, stages: [], why: [] };
  const { matrix } = read;
  const named = `${key.code}@${String(key.version)}`;
  const required = stagesAtDesk(matrix, it, levels);
  if (required === null) return { matrix: named, ...nobody, case: { ...it }, stages: [], why: [] };
  const people = await listDeskPeople(db);
  const row = matrix.rows.find(({ id }) => id === required.row);
  const last = required.stages.length - 1;
  return {
    matrix: named,
    approvable: true,
    row: required.row,
    zh: row?.zh ?? null,
    en: row?.en ?? null,
    secondPerson: needsSecondPerson(required.stages),
    case: { ...it },
    stages: required.stages.map((stage, at) => ({
      ...stage,
      roles: [...stage.roles],
      people: people
        .filter((one) =>
          maySit(one, stage, at === last ? { amountFen: it.amountFen, matrix } : null, now()),
        )
        .map((one) => one.subject),
    })),
    why: required.why.map((step) => {
      const { row: id, misfit } = step;
      const looked = id === STRATEGY_ROW ? BY_STRATEGY : matrix.rows.find((one) => one.id === id);
      return { row: id, misfit, zh: looked?.zh ?? '', en: looked?.en ?? '' };
    }),
  };
}

export function registerApprovalMatrix(app: App): void {
  app.openapi(simulate, async (c) => c.json(await answer(c, c.req.valid('json')), 200));
}
