/** Every route answers every role as the matrix says, and shows each of them the rows and the data that are theirs. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellOf, MATRIX, routes } from '../../../api/matrix.ts';
import { accessOf, PERMISSIONS, type RouteKey } from '../../../api/permissions.ts';
import { type Rows, SIGHTS } from '../../../api/sight.ts';
import { type Role, ROLES } from '../../../domain/authority.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import { fillPages, JPEG, newDraft, PAGES, showLetter } from '../../api/drafting.ts';
import { paidOut, parked, toPay, toSign, underReview } from '../../api/story.ts';
import { type Answer, openWorld, type World } from '../../api/world.ts';

let world: World;
const tokens = new Map<Role, string>();
let owner: string;
beforeAll(async () => {
  world = await openWorld();
  for (const role of ROLES) tokens.set(role, await world.token(`one-${role}`, [role]));
  owner = await world.token('owner-1', ['integrator']);
});
afterAll(async () => await world.close());

/** Sends a request of a route with ids that name nothing, or with this one. */
async function ask(key: RouteKey, token: string | undefined, id: string = randomUUID()) {
  const [method = '', path = ''] = key.split(' ');
  const call = {
    ...(token === undefined ? {} : { token }),
    ...(method === 'GET' ? {} : { json: {} }),
  };
  return await world.call(method, path.replace('{id}', id).replace('{n}', '0'), call);
}

/** What an answer says about access: not who it is for, not in this role, or past both. */
function classOf(answer: Answer): 'unknown caller' | 'role refused' | 'let in' {
  if (answer.status === 401) return 'unknown caller';
  return answer.body['code'] === 'ROLE_MISSING' ? 'role refused' : 'let in';
}

function expectedClass(key: RouteKey, role: Role | null): ReturnType<typeof classOf> {
  const access = accessOf(key);
  if (access === 'signed' || access === 'session') return 'unknown caller';
  if (access === 'public') return 'let in';
  if (role === null) return 'unknown caller';
  return cellOf(key, role) === null ? 'role refused' : 'let in';
}

describe('every route', () => {
  it('is in the matrix, and the app serves no other', () => {
    const served = world.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:([a-z]+)/g, '{$1}')}`);
    expect([...new Set(served)].sort()).toEqual(Object.keys(PERMISSIONS).sort());
    expect(routes()).toEqual(Object.keys(PERMISSIONS));
  });

  it('answers every role, and nobody, in the class that the matrix says', async () => {
    const callers: readonly (Role | null)[] = [...ROLES, null];
    for (const key of routes()) {
      for (const role of callers) {
        const answer = await ask(key, role === null ? undefined : tokens.get(role));
        const open = ['GET /v1/sign-in', 'POST /v1/tokens', 'POST /v1/applicant-tokens'];
        if (accessOf(key) === 'public' && (open.includes(key) || key.includes('callback'))) {
          // Sign-in itself says 401 to who cannot show who they are; no role is asked there.
          expect([key, role, answer.body['code']]).not.toEqual([key, role, 'ROLE_MISSING']);
          continue;
        }
        expect([key, role, classOf(answer)]).toEqual([key, role, expectedClass(key, role)]);
        expect(answer.status, `${key} ${role ?? 'nobody'} ${answer.text}`).not.toBe(500);
      }
    }
  });

  it('lets nobody do everything: staff act in one area, never for owners, and security sees no one', () => {
    const acts = MATRIX.filter(({ route }) => !route.startsWith('GET '));
    const ofOwners = new Set(acts.filter(({ rows }) => rows === 'own').map(({ route }) => route));
    const ofStaff = acts.filter(({ rows }) => rows !== 'own');
    expect(ofStaff.filter(({ route }) => ofOwners.has(route))).toEqual([]);
    const areasOf = (route: string) =>
      new Set(ofStaff.filter((cell) => cell.route === route).map(({ role }) => SIGHTS[role].area));
    const shared = [...new Set(ofStaff.map(({ route }) => route))].filter(
      (route) => areasOf(route).size > 1,
    );
    // To see a field in clear is an act that risk and oversight have, each for reasons of their own; whom a colleague is
    // tied to, and whether they are at their desk, every colleague says, of themselves alone; compliance agrees to the end
    // of a tie, and proposes one where a colleague has forgotten it.
    expect(shared.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'POST /v1/applications/{id}/unmask',
      'POST /v1/conflicts',
      'POST /v1/conflicts/{id}/end',
      'POST /v1/desk-people/absence',
      'POST /v1/desk-people/presence',
    ]);
    expect(MATRIX.filter(({ role }) => role === 'security-admin')).toEqual([]);
    expect(acts.filter(({ role }) => role === 'auditor')).toEqual([]);
  });
});

/** Applications in the four states that decide who sees them, and those they are in sight of. */
async function standing() {
  const draft = await newDraft(world, owner);
  await fillPages(world, owner, draft);
  const reviewed = (await underReview(world, owner)).id;
  const paid = (await toPay(world, owner)).id;
  const handedIn = (await parked(world, owner)).id;
  return { draft, reviewed, paid, handedIn };
}

const IN_SIGHT: Readonly<Record<Rows, readonly string[]>> = {
  own: [],
  none: [],
  reviewed: ['reviewed'],
  paid: ['paid'],
  'handed in': ['reviewed', 'paid', 'handedIn'],
  all: ['draft', 'reviewed', 'paid', 'handedIn'],
};

/** Acts that take a picture. */
const PICTURES: readonly string[] = ['id-card', 'business-licence'];

/** Bytes as a route for uploads takes them: a picture, or a chunk of a recording. */
function uploadOf(kind: string) {
  if (kind === 'applications') return { body: JPEG, headers: { 'Content-Type': 'image/jpeg' } };
  const headers = { 'Content-Type': 'application/octet-stream', 'X-Chunk-SM3': sm3Hex(JPEG) };
  return { body: JPEG, headers };
}

describe('rows', () => {
  it.each(['GET /v1/applications/{id}', 'GET /v1/applications/{id}/timeline'] as const)(
    'of %s are there for the roles in whose sight they are, and not found for all others',
    async (key) => {
      const records = await standing();
      for (const role of ROLES) {
        if (cellOf(key, role) === null) continue;
        for (const [state, id] of Object.entries(records)) {
          const { status } = await ask(key, tokens.get(role), id);
          const expected = IN_SIGHT[SIGHTS[role].rows].includes(state) ? 200 : 404;
          expect([key, role, state, status]).toEqual([key, role, state, expected]);
        }
      }
      for (const id of Object.values(records)) {
        expect((await ask(key, owner, id)).status).toBe(200);
      }
    },
  );

  it('of another person are not found on any route of owners', async () => {
    const { id, loanId } = await paidOut(world, owner);
    const review = await underReview(world, owner);
    const { contractId } = await toSign(world, owner);
    const draft = await newDraft(world, owner);
    await fillPages(world, owner, draft);
    const letter = await showLetter(world, owner, draft);
    const offer = await world.db
      .selectFrom('offers')
      .select('id')
      .where('application_id', '=', id)
      .executeTakeFirstOrThrow();
    const recording = await world.call('POST', `/v1/contracts/${contractId}/recordings`, {
      token: owner,
      json: {},
    });
    const requestId = randomUUID();
    await world.db
      .insertInto('information_requests')
      .values({
        id: requestId,
        application_id: review.id,
        task_id: review.taskId,
        sealed_items: world.cipher.sealJson('information_requests.sealed_items', requestId, [
          { code: 'PAYSLIP', text: '工资流水' },
        ]),
        requested_by: 'li',
        state: 'OPEN',
      })
      .execute();
    const ids: Readonly<Record<string, string>> = {
      applications: review.id,
      authorisations: letter.id,
      offers: offer.id,
      contracts: contractId,
      recordings: String(recording.body['id']),
      loans: loanId,
      decisions: review.decisionId,
    };
    const bodies: Readonly<Record<string, unknown>> = {
      submit: { evidenceVersion: 1 },
      'applications/withdraw': { reason: 'CHANGED_MY_MIND' },
      'applications/information': { requestId, answers: [{ code: 'PAYSLIP', text: '见附件' }] },
      sign: { digestSm3: '0'.repeat(64), code: '000000', pages: [{ page: 1, dwellMs: 1_000 }] },
      'signing-codes': { digestSm3: '0'.repeat(64) },
      'co-signers': { coSigners: [] },
      identity: { name: '王某', idNumber: '110101199003070070', consent: true },
      confirm: { formSm3: '0'.repeat(64), dwellMs: 10_000, scrolledToEnd: true },
      agree: { textSm3: '0'.repeat(64), acts: ['QUERY', 'REPORT', 'NEGATIVE_NOTICE', 'SENSITIVE'] },
      complete: { chunkCount: 1 },
      'give-up': { reason: 'NO_LONGER_NEEDED' },
      segments: { firstChunk: 1, reason: 'DEVICE' },
      trail: { consent: false },
      'correction-requests': {
        corrections: [{ field: 'work.employerName', value: '某公司' }],
        reason: 'TYPING_ERROR',
      },
      prepayments: { kind: 'SETTLE' },
      1: PAGES.identity,
      2: PAGES.work,
      3: PAGES.loan,
    };
    let walked = 0;
    for (const key of routes()) {
      if (!key.includes('{id}') || cellOf(key, 'integrator') === null) continue;
      const [method = '', path = ''] = key.split(' ');
      const [kind = '', act = ''] = [path.split('/')[2], path.split('/').at(-1)];
      const record = ids[kind] ?? 'none';
      const json = bodies[`${kind}/${act}`] ?? bodies[act] ?? {};
      const uploads = PICTURES.includes(act) || (method === 'PUT' && bodies[act] === undefined);
      const body = uploads ? uploadOf(kind) : method === 'GET' ? {} : { json };
      for (const role of ['integrator', 'applicant'] as const) {
        const query = act === 'quote' ? '?on=2026-12-24' : '';
        const asked = path.replace('{id}', record).replace('{n}', '0') + query;
        const answer = await world.call(method, asked, {
          token: tokens.get(role) ?? '',
          ...body,
        });
        expect([key, role, answer.status]).toEqual([key, role, 404]);
        walked += 1;
      }
    }
    expect(walked).toBeGreaterThan(30);
  });
});

describe('data', () => {
  it('of the form, and words about it, are clear, masked or absent by role', async () => {
    const { id, taskId } = await underReview(world, owner);
    const cipher = await world.deps.vault.of(world.db, id);
    const requestId = randomUUID();
    const items = [{ code: 'PAYSLIP', text: '工资流水' }];
    await world.db
      .insertInto('information_requests')
      .values({
        id: requestId,
        application_id: id,
        task_id: taskId,
        sealed_items: cipher.sealJson('information_requests.sealed_items', requestId, items),
        requested_by: 'li',
        state: 'OPEN',
      })
      .execute();
    await world.db
      .updateTable('applications')
      .set({ stage: 'DISBURSE' })
      .where('id', '=', id)
      .execute();
    for (const role of ROLES) {
      const cell = cellOf('GET /v1/applications/{id}', role);
      if (cell === null || !IN_SIGHT[cell.rows].includes('reviewed')) continue;
      const answer = await ask('GET /v1/applications/{id}', tokens.get(role), id);
      const shown = answer.text.includes(PAGES.identity.idNumber)
        ? 'clear'
        : answer.text.includes('"idNumber":"')
          ? 'masked'
          : undefined;
      expect([role, shown]).toEqual([role, SIGHTS[role].data.form]);
      // That something is asked for is there for all; in which words, for those who see the form.
      expect(answer.body['informationRequest']).toMatchObject({ id: requestId });
      expect([role, answer.text.includes('工资流水')]).toEqual([role, shown !== undefined]);
    }
    const own = await ask('GET /v1/applications/{id}', owner, id);
    expect(own.text).toContain(PAGES.identity.idNumber);
  });
});
