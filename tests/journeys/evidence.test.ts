/** The evidence bundle of a signed loan: built once whatever dies, verified offline, and fetched by those who may. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildEvidence } from '../../activities/evidence/build.ts';
import { keepEvidenceBundle } from '../../db/queries/evidence.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { readArchiveBytes } from '../../tools/verify-evidence/archive.ts';
import { type Verdict, verifyArchive } from '../../tools/verify-evidence/verify.ts';
import { callerIn } from '../support/calls.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, type Loan } from '../support/loan.ts';

let house: House;
let loan: Loan;
let contractId: string;

beforeAll(async () => {
  house = await openHouse();
  loan = await driveTo(await applyAs(house, 'straight-approval'), 'DISBURSE');
  const row = await house.db
    .selectFrom('contracts')
    .select('id')
    .where('application_id', '=', loan.id)
    .executeTakeFirstOrThrow();
  contractId = row.id;
}, 240_000);
afterAll(async () => await house?.close());

const faultsOf = ({ results }: Verdict) =>
  results.flatMap(({ check, faults }) =>
    faults.map(({ code, place }) => `${check} ${code} ${place}`),
  );

/** Asks for a bundle and waits until it is there: a person for their own contract, compliance for any. */
async function bundleFor(role: 'applicant' | 'compliance', subject: string): Promise<string> {
  const call = callerIn(house, role, subject);
  const asked =
    role === 'compliance'
      ? await call('POST /v1/evidence', { contractId })
      : await call(`POST /v1/contracts/${contractId}/evidence`, {});
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  const id = String(asked.body['id']);
  await eventually('the bundle', async () => {
    const { body } = await call(`GET /v1/evidence/${id}`);
    return body['state'] === 'READY';
  });
  return id;
}

/** The archive as it lies in the object store. */
async function stored(id: string): Promise<ReadonlyMap<string, Buffer>> {
  const cipher = await house.deps.vault.of(house.db, loan.id);
  return await readArchiveBytes(await house.deps.objects.get(`evidence/${id}.zip`, cipher));
}

it('holds in every part for compliance, with the records of decisions and the whole trail', async () => {
  const id = await bundleFor('compliance', 'zhou');
  const files = await stored(id);
  const verdict = await verifyArchive(async () => files);
  expect(faultsOf(verdict)).toEqual([]);
  expect(
    verdict.results.filter(({ state }) => state === 'HOLDS').map(({ check }) => check),
  ).toEqual(expect.arrayContaining(['SIGNATURES', 'REVOCATION', 'TOKENS', 'DECISION', 'AUDIT']));
  expect([...files.keys()]).toEqual(expect.arrayContaining(['decision/round-1.json']));
  expect(verdict.bundle?.manifest.audit.proved).toBeGreaterThan(3);
  expect(verdict.bundle?.manifest.audit.unproved).toBe(0);
});

it('shows the person neither what the decision looked at nor what others did', async () => {
  const id = await bundleFor('applicant', loan.subject);
  const files = await stored(id);
  const verdict = await verifyArchive(async () => files);
  expect(faultsOf(verdict)).toEqual([]);
  expect([...files.keys()].filter((path) => path.startsWith('decision/'))).toEqual([
    'decision/decisions.json',
  ]);
  const trail = files.get('audit/excerpt.ndjson')?.toString('utf8') ?? '';
  const actors = new Set(Array.from(trail.matchAll(/"actor":"([^"]*)"/g), ([, actor]) => actor));
  expect([...actors]).toEqual([loan.subject]);
});

it('is no bundle for another person, for other staff, and none of a person’s for staff eyes', async () => {
  const id = await bundleFor('compliance', 'wu');
  const post = `POST /v1/contracts/${contractId}/evidence`;
  const stranger = callerIn(house, 'applicant', 'somebody-else');
  expect((await stranger(post, {})).status).toBe(404);
  expect((await stranger(`GET /v1/evidence/${id}`)).status).toBe(404);
  const owner = callerIn(house, 'applicant', loan.subject);
  expect((await owner(`GET /v1/evidence/${id}`)).status).toBe(404);
  expect((await owner(`GET /v1/evidence/${id}/bundle`)).status).toBe(404);
  for (const role of ['reviewer', 'finance-maker', 'operations', 'risk-approver']) {
    const staff = callerIn(house, role, 'li');
    expect((await staff(post, {})).body['code']).toBe('ROLE_MISSING');
    expect((await staff('POST /v1/evidence', { contractId })).body['code']).toBe('ROLE_MISSING');
    expect((await staff(`GET /v1/evidence/${id}`)).body['code']).toBe('ROLE_MISSING');
  }
});

it('comes to those who may fetch it byte for byte, with an entry for request, building and fetching', async () => {
  const id = await bundleFor('compliance', 'wu');
  const token = await fetch(`${house.world.sandboxUrl}/_admin/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ role: 'auditor', subject: 'zheng', ttlSeconds: 600 }),
  });
  const bearer = (await token.json()) as { readonly token: string };
  const answer = await fetch(`${house.world.apiUrl}/v1/evidence/${id}/bundle`, {
    headers: { Authorization: `Bearer ${bearer.token}` },
  });
  expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'application/zip']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const { body } = await callerIn(house, 'auditor', 'zheng')(`GET /v1/evidence/${id}`);
  expect(body).toMatchObject({ sm3: sm3Hex(bytes), sizeBytes: bytes.length, audience: 'STAFF' });
  expect((await verifyArchive(() => readArchiveBytes(bytes))).holds).toBe(true);
  const { rows } = await sql<{ action: string }>`
    select action from audit_entries
     where detail ->> 'bundle' = ${id} or detail ->> 'record' = ${id} order by id`.execute(
    house.db,
  );
  expect(rows.map(({ action }) => action)).toEqual([
    'evidence.request',
    'evidence.build',
    'evidence.fetch',
  ]);
});

it('is built once, although the first attempt dies half-way and two more run at the same time', async () => {
  const id = randomUUID();
  await keepEvidenceBundle(house.db, {
    id,
    applicationId: loan.id,
    contractId,
    audience: 'STAFF',
    requestedBy: 'wu',
    requestedRole: 'compliance',
    requestedAt: new Date(),
  });
  const dying = {
    ...house.deps,
    ports: {
      ...house.deps.ports,
      tsa: {
        stamp: async () => {
          throw new Error('the worker died');
        },
      },
    },
  };
  await expect(buildEvidence(dying, { bundleId: id })).rejects.toThrow('the worker died');
  await Promise.all([1, 2].map(() => buildEvidence(house.deps, { bundleId: id })));
  const { rows } = await sql<{ built: number; documents: number }>`
    select (select count(*)::int from audit_entries where action = 'evidence.build' and detail ->> 'bundle' = ${id}) as built,
           (select count(*)::int from documents where object_key = ${`evidence/${id}.zip`}) as documents`.execute(
    house.db,
  );
  expect(rows).toEqual([{ built: 1, documents: 1 }]);
  const files = await stored(id);
  expect(faultsOf(await verifyArchive(async () => files))).toEqual([]);
});
