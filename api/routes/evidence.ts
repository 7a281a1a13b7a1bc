/** Evidence bundles of signed contracts: asked for, looked after, and fetched; each leaves an audit entry. */
import { keepEvidenceBundle, readEvidenceBundle } from '../../db/queries/evidence.ts';
import { readContract } from '../../db/queries/reads/papers.ts';
import { beginReadRecord, recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { looksAsStaff, refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { evidenceRequest, evidenceView, oversightRequest } from '../schemas/evidence.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['contract'];

const ask = defineRoute('POST /v1/contracts/{id}/evidence', {
  summary: 'Ask for the evidence bundle of a signed contract',
  description:
    'Built in the background; read it until its state is READY. It holds what the person signed and said, without the records of decisions.',
  tags,
  request: { params: idParam, body: jsonBody(evidenceRequest) },
  responses: { 202: jsonAnswer('The bundle that is being built', evidenceView) },
});

const askAsStaff = defineRoute('POST /v1/evidence', {
  summary: 'Ask for the evidence bundle of a signed contract, for oversight',
  description:
    'As the person gets it, and with the records of decisions. Compliance asks; auditors read what was asked for.',
  tags,
  request: { body: jsonBody(oversightRequest) },
  responses: { 202: jsonAnswer('The bundle that is being built', evidenceView) },
});

const read = defineRoute('GET /v1/evidence/{id}', {
  summary: 'Where an evidence bundle stands',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The bundle', evidenceView) },
});

const fetchBundle = defineRoute('GET /v1/evidence/{id}/bundle', {
  summary: 'Fetch an evidence bundle; `npx xindai-verify` checks it offline',
  tags,
  request: { params: idParam },
  responses: {
    200: {
      description: 'The archive',
      content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
    },
  },
});

type Row = NonNullable<Awaited<ReturnType<typeof readEvidenceBundle>>>;

/** The bundle, for those it was made for: a person's own, and any of them for oversight. @throws ApiProblem NOT_FOUND */
async function find(c: AppContext, id: string): Promise<Row> {
  const row = visible(c, await readEvidenceBundle(c.get('deps').db, id));
  if (!looksAsStaff(c) && row.audience !== 'APPLICANT') throw new ApiProblem('NOT_FOUND');
  if (looksAsStaff(c)) refuseOwnApplication(c, row.owner_subject);
  return row;
}

const viewOf = (row: Row) => ({
  id: row.id,
  applicationId: row.application_id,
  contractId: row.contract_id,
  audience: row.audience,
  state: row.state,
  requestedAt: iso(row.requested_at),
  builtAt: isoOrNull(row.built_at),
  sm3: row.sm3,
  sizeBytes: row.size_bytes,
});

/** Keeps the request with its audit entry; the same key twice is one request. */
async function keep(c: AppContext, contractId: string): Promise<string> {
  const { db, now } = c.get('deps');
  const { subject, role } = callerOf(c);
  const contract = visible(c, await readContract(db, contractId));
  if (looksAsStaff(c)) refuseOwnApplication(c, contract.owner_subject);
  if (contract.state !== 'SIGNED') throw new ApiProblem('STAGE_DOES_NOT_FIT');
  const id = derivedId(actKeyOf(c), 'evidence');
  const audience = looksAsStaff(c) ? 'STAFF' : 'APPLICANT';
  await db.transaction().execute(async (tx) => {
    const isNew = await keepEvidenceBundle(tx, {
      id,
      applicationId: contract.application_id,
      contractId: contract.id,
      audience,
      requestedBy: subject,
      requestedRole: role,
      requestedAt: now(),
    });
    if (!isNew) return;
    await recordDeed(c, tx, {
      action: 'evidence.request',
      subjectKind: 'contract',
      subjectId: contract.id,
      result: 'DONE',
      detail: { bundle: id, audience },
    });
  });
  return id;
}

async function begin(c: AppContext, contractId: string) {
  const id = await keep(c, contractId);
  await c.get('deps').rights.beginEvidence(id);
  return viewOf(await find(c, id));
}

export function registerEvidence(app: App): void {
  app.openapi(ask, async (c) => c.json(await begin(c, c.req.valid('param').id), 202));

  app.openapi(askAsStaff, async (c) => c.json(await begin(c, c.req.valid('json').contractId), 202));

  app.openapi(read, async (c) => c.json(viewOf(await find(c, c.req.valid('param').id)), 200));

  app.openapi(fetchBundle, async (c) => {
    const { db, objects, vault } = c.get('deps');
    const row = await find(c, c.req.valid('param').id);
    if (row.object_key === null) throw new ApiProblem('EVIDENCE_NOT_READY');
    beginReadRecord(c, row.application_id);
    const cipher = await vault.of(db, row.application_id);
    return c.body(ReadableStream.from(objects.getStream(row.object_key, cipher)), 200, {
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="evidence-${row.id}.zip"`,
      'Cache-Control': 'no-store',
    });
  });
}
