/** A reviewer's case: everything that a decision rests on, assembled for the reader's role and recorded as read. */
import type { z } from '@hono/zod-openapi';
import { readDecisionRecord } from '../../db/queries/decide.ts';
import { readListHits } from '../../db/queries/lists.ts';
import {
  type CaseEvidence,
  keepLook,
  readCaseEvidence,
  readCaseRecord,
} from '../../db/queries/reads/case.ts';
import { readExposures, readSimilarCases } from '../../db/queries/reads/comparison.ts';
import { readReviewTask } from '../../db/queries/reads/queue.ts';
import { readLatestDecision } from '../../db/queries/reads/reviews.ts';
import { fen } from '../../domain/money.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { beginReadRecord } from '../audit.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { type App, defineRoute } from '../route.ts';
import { readShownForm } from '../shown-form.ts';
import { idParam, jsonAnswer } from '../schemas/common.ts';
import { reviewCase } from '../schemas/reviews.ts';
import {
  bureauSummaryOf,
  evidenceOf,
  exposureOf,
  historyOf,
  reviewOf,
  similarOf,
} from '../views/case.ts';
import { changesSince } from '../views/case-changes.ts';
import { hitOf } from '../views/lists.ts';
import { decisionOf, taskOf } from '../views/reviews.ts';

const HITS_MOST = 100;
const EXPOSURES_MOST = 200;
/** Cases like this one: as many are counted, from a quarter less to a quarter more, over half a year. */
const SIMILAR_MOST = 50;
const BAND = 0.25;
const SIMILAR_DAYS = 180;
const DAY_MS = 86_400_000;

const read = defineRoute('GET /v1/reviews/{id}', {
  summary: 'Read a case: form (masked unless unmasked), evidence, decision, exposure, what is new',
  description:
    'The reading is on the audit trail, and the next one shows what has changed since this one.',
  tags: ['decide'],
  request: { params: idParam },
  responses: { 200: jsonAnswer('The case', reviewCase) },
});

type Task = NonNullable<Awaited<ReturnType<typeof readReviewTask>>>;
type DecisionRow = NonNullable<Awaited<ReturnType<typeof readLatestDecision>>>;

async function decisionShown(c: AppContext, cipher: FieldCipher, row: DecisionRow | undefined) {
  if (row === undefined) return { decision: null, bureauSummary: [] };
  const { db } = c.get('deps');
  const kept = await readDecisionRecord(db, cipher, row.application_id, row.round);
  const content: unknown = kept === undefined ? null : JSON.parse(kept.text);
  const record =
    kept === undefined
      ? null
      : { sm3: kept.recordSm3, intact: sm3Hex(kept.text) === kept.recordSm3, content };
  return {
    decision: { ...decisionOf(row, true, c.get('language')), record },
    bureauSummary: bureauSummaryOf(content),
  };
}

async function compare(c: AppContext, task: Task) {
  const { db, now } = c.get('deps');
  const { applicant_id: applicantId, application_id: applicationId } = task;
  const exposures =
    applicantId === null ? [] : await readExposures(db, applicantId, EXPOSURES_MOST);
  const gradeKnown = task.grade !== '-' && task.product_code !== '';
  const similar = !gradeKnown
    ? null
    : await readSimilarCases(db, {
        applicationId,
        productCode: task.product_code,
        grade: task.grade,
        from: fen(Math.ceil(task.amount_fen * (1 - BAND))),
        to: fen(Math.floor(task.amount_fen * (1 + BAND))),
        since: new Date(now().getTime() - SIMILAR_DAYS * DAY_MS),
        most: SIMILAR_MOST,
      });
  return {
    exposure: exposureOf(exposures),
    similar: similar === null ? null : similarOf(similar),
  };
}

const hitsOf = async (c: AppContext, id: string, evidence: CaseEvidence) =>
  evidence.has_hits ? (await readListHits(c.get('deps').db, id, HITS_MOST)).map(hitOf) : [];

async function showCase(c: AppContext, id: string): Promise<z.infer<typeof reviewCase>> {
  const { db, vault } = c.get('deps');
  const task = visible(c, await readReviewTask(db, id));
  refuseOwnApplication(c, task.owner_subject);
  const { application_id: applicationId, application_round: round } = task;
  beginReadRecord(c, applicationId);
  const { subject } = callerOf(c);
  // None of these needs another's answer, and a case is waited for: they are asked side by side.
  const [record, evidence, decided, cipher, pages, comparison] = await Promise.all([
    readCaseRecord(db, { applicationId, round, subject }),
    readCaseEvidence(db, applicationId),
    readLatestDecision(db, applicationId),
    vault.of(db, applicationId),
    readShownForm(c, applicationId),
    compare(c, task),
  ]);
  const shown = {
    task: taskOf(task),
    pages,
    evidenceVersion: task.application_evidence_version,
    ...evidenceOf(evidence),
    hits: await hitsOf(c, applicationId, evidence),
    ...(await decisionShown(c, cipher, decided)),
    ...historyOf(cipher, record),
    ...reviewOf(cipher, record),
    ...comparison,
    changed: changesSince(evidence, record, { reader: subject, decidedAt: decided?.at ?? null }),
  };
  await keepLook(db, {
    applicationId,
    subject,
    evidenceVersion: task.application_evidence_version,
    at: record.read_at,
  });
  return shown;
}

export function registerCases(app: App): void {
  app.openapi(read, async (c) => c.json(await showCase(c, c.req.valid('param').id), 200));
}
