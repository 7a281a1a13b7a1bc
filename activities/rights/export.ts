/** Draws the copy of what is held of a person about one application, as a PDF that only they can fetch. */
import { toldDecision } from '../../domain/told.ts';
import { loadPartialForm, recordDocument } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  answerByHouse,
  readConsents,
  readHeldRecords,
  readRightsRequest,
} from '../../db/queries/rights.ts';
import { type Paper, createPaper } from '../contract/layout.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';

export interface ExportInput {
  readonly requestId: string;
}

/** One value on paper; what is nested is written as `name: value` in one line. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain).join('；');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, one]) => `${name}: ${plain(one)}`)
      .join('，');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function section(paper: Paper, title: string, records: readonly object[]): void {
  if (records.length === 0) return;
  paper.heading(title);
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) {
      paper.paragraph(`${name}: ${plain(value)}`, { size: 9.5, spaceAfter: 1 });
    }
    paper.space(6);
  }
}

/** Idempotent: the copy has the request's id, and an answered request stays as it is. */
export async function renderExport(
  deps: Pick<ActivityDeps, 'db' | 'vault' | 'objects' | 'fonts' | 'lender'>,
  { requestId }: ExportInput,
): Promise<{ readonly documentId: string }> {
  const { db, vault, objects, fonts, lender } = deps;
  const request = await readRightsRequest(db, requestId);
  if (request === undefined) throw finalFailure('NO_SUCH_REQUEST');
  const applicationId = request.application_id;
  const cipher = await vault.of(db, applicationId);
  const { identity, work, loan } = await loadPartialForm(db, cipher, applicationId);
  const records = await readHeldRecords(db, applicationId);
  const paper = createPaper(fonts, {
    title: '个人信息副本',
    author: lender.name,
    createdAt: request.received_at,
    reference: request.id,
    referenceLabel: '编号',
  });
  paper.paragraph('个人信息副本', { weight: 'bold', size: 16, align: 'center', spaceAfter: 10 });
  paper.paragraph(`《个人信息保护法》第四十五条。申请编号 ${applicationId}。`, { spaceAfter: 8 });
  section(
    paper,
    '填写内容',
    [identity, work, loan].filter((page) => page !== null),
  );
  section(paper, '授权', records.authorisations);
  section(paper, '同意与撤回', await readConsents(db, applicationId));
  section(
    paper,
    '审批结论',
    records.decisions.map((held) => toldDecision(held, 'zh')),
  );
  section(paper, '报价', records.offers);
  section(paper, '合同', records.contracts);
  section(paper, '贷款', records.loans);
  section(paper, '还款计划', records.instalments);
  section(paper, '还款', records.repayments);
  const objectKey = `exports/${request.id}.pdf`;
  const stored = await objects.put(objectKey, await paper.finish(), cipher);
  const documentId = derivedUuid(request.id, 'export');
  await db.transaction().execute(async (tx) => {
    await recordDocument(tx, {
      id: documentId,
      applicationId,
      kind: 'DATA_EXPORT',
      objectKey,
      sm3: stored.sm3,
      sizeBytes: stored.size,
      mediaType: 'application/pdf',
    });
    await answerByHouse(tx, request.id, new Date());
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: 'rights.export',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { request: request.id },
    });
  });
  return { documentId };
}
