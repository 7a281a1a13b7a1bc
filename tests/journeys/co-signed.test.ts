/** Others sign beside the borrower: the money waits for each of them, and a refusal or their silence ends the loan without it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { acceptOffer, sign, submit } from '../../tools/teller/applicant.ts';
import { release } from '../../tools/teller/staff.ts';
import { fetchPersona, type Persona } from '../../tools/teller/world.ts';
import { readArchiveBytes } from '../../tools/verify-evidence/archive.ts';
import { verifyArchive } from '../../tools/verify-evidence/verify.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { callerIn } from '../support/calls.ts';
import { type House, openHouse } from '../support/house.ts';
import { draftAs, eventually, journeyOf, type Loan, reach, statesOf } from '../support/loan.ts';

const HOUR_MS = 3_600_000;
type Identity = Persona['application']['identity'];
type Role = 'SPOUSE' | 'GUARANTOR';

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 240_000);
afterAll(async () => await house?.close());

/** The token that the code to this mobile would give. */
const subjectOf = ({ mobile }: Identity): string =>
  `person:${house.deps.vault.blindIndex('mobile', mobile).toString('hex').slice(0, 32)}`;

const callerOf = (person: Identity) => callerIn(house, 'applicant', subjectOf(person));

const personAt = async (variant: number): Promise<Identity> =>
  (await fetchPersona(house.world, 'straight-approval', variant)).application.identity;

/** A loan that its borrower has signed, with these people named beside them. */
async function signedByBorrower(
  variant: number,
  beside: readonly (readonly [Role, Identity])[],
): Promise<Loan> {
  const loan = await draftAs(house, 'straight-approval', variant);
  const owner = callerIn(house, 'applicant', loan.subject);
  const coSigners = beside.map(([role, { name, idNumber, mobile }]) => {
    return { role, name, idNumber, mobile };
  });
  const named = await owner(`POST /v1/applications/${loan.id}/co-signers`, { coSigners });
  expect(named.status, JSON.stringify(named.body)).toBe(200);
  await submit(loan.client, loan.id);
  await reach(loan, 'OFFER/OFFER_ANSWER');
  await acceptOffer(loan.client, loan.id);
  const late = await owner(`POST /v1/applications/${loan.id}/co-signers`, { coSigners: [] });
  expect(late.body['code']).toBe('CO_SIGNERS_FIXED');
  await sign(loan.client, loan.id);
  await reach(loan, 'SIGN/CO_SIGNERS');
  return loan;
}

interface Turn {
  readonly id: string;
  readonly contractNumber: string;
  readonly state: string;
}

async function turnOf(person: Identity): Promise<Turn | undefined> {
  const { body } = await callerOf(person)('GET /v1/co-signings');
  return (body['items'] as readonly Turn[])[0];
}

async function turnThatCame(person: Identity): Promise<Turn> {
  return await eventually('the turn', async () => await turnOf(person));
}

const prove = async (person: Identity, { id }: Turn, over: object = {}) =>
  await callerOf(person)(`POST /v1/co-signings/${id}/identity`, {
    name: person.name,
    idNumber: person.idNumber,
    consent: true,
    ...over,
  });

/** The contract as a co-signer reads it, and the code that came for it. */
async function read(person: Identity, turn: Turn) {
  const proved = await prove(person, turn);
  expect(proved.status, JSON.stringify(proved.body)).toBe(200);
  const token = await fetch(`${house.world.sandboxUrl}/_admin/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ role: 'applicant', subject: subjectOf(person), ttlSeconds: 600 }),
  });
  const bearer = (await token.json()) as { readonly token: string };
  const answer = await fetch(`${house.world.apiUrl}/v1/co-signings/${turn.id}/pdf`, {
    headers: { Authorization: `Bearer ${bearer.token}` },
  });
  expect(answer.status).toBe(200);
  const pdf = Buffer.from(await answer.arrayBuffer());
  const count = Number(/\/Type \/Pages\s+\/Count (\d+)/.exec(pdf.toString('latin1'))?.[1]);
  const pages = Array.from({ length: count }, (_, at) => ({ page: at + 1, dwellMs: 2_000 }));
  return { digestSm3: sm3Hex(pdf), pages };
}

const inbox = async (about: string): Promise<readonly string[]> => {
  const url = `${house.world.sandboxUrl}/_admin/inbox?about=${encodeURIComponent(about)}`;
  return ((await (await fetch(url)).json()) as { text: string }[]).map(({ text }) => text);
};

async function codeFor(person: Identity, turn: Turn, digestSm3: string): Promise<string> {
  const codes = async () =>
    (await inbox(turn.contractNumber)).filter((text) => text.includes('验证码为'));
  const before = (await codes()).length;
  const asked = await callerOf(person)(`POST /v1/co-signings/${turn.id}/signing-codes`, {
    digestSm3,
  });
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  const text = await eventually('the code', async () => {
    const now = await codes();
    return now.length > before ? now[0] : undefined;
  });
  return /验证码为(\d{6})/.exec(text)?.[1] ?? '';
}

async function coSign(person: Identity, turn: Turn) {
  const reading = await read(person, turn);
  const code = await codeFor(person, turn, reading.digestSm3);
  const say = { ...reading, code };
  return { say, answer: await callerOf(person)(`POST /v1/co-signings/${turn.id}/sign`, say) };
}

/** The evidence of the loan as compliance gets it. */
async function evidenceOf(loan: Loan, contractId: string): Promise<ReadonlyMap<string, Buffer>> {
  const call = callerIn(house, 'compliance', 'zhou');
  const asked = await call('POST /v1/evidence', { contractId });
  const id = String(asked.body['id']);
  await eventually('the bundle', async () => {
    const { body } = await call(`GET /v1/evidence/${id}`);
    return body['state'] === 'READY';
  });
  const cipher = await house.deps.vault.of(house.db, loan.id);
  return await readArchiveBytes(await house.deps.objects.get(`evidence/${id}.zip`, cipher));
}

const faultsOf = async (files: ReadonlyMap<string, Buffer>): Promise<readonly string[]> =>
  (await verifyArchive(async () => files)).results.flatMap(({ check, faults }) =>
    faults.map(({ code }) => `${check} ${code}`),
  );

describe.concurrent('a contract with others beside the borrower', () => {
  it('is paid once spouse and guarantor have signed in their order, each proved in the evidence', async () => {
    const [spouse, guarantor] = [await personAt(21), await personAt(22)];
    const loan = await signedByBorrower(1, [
      ['SPOUSE', spouse],
      ['GUARANTOR', guarantor],
    ]);
    const first = await turnThatCame(spouse);
    expect(await turnOf(guarantor)).toBeUndefined();
    // Another's contract is not there, neither by the turn nor by the contract's own routes.
    expect((await prove(guarantor, first)).status).toBe(404);
    const { contractId } = (await reach(loan, 'SIGN')) as { contractId: string };
    expect((await callerOf(spouse)(`GET /v1/contracts/${contractId}`)).status).toBe(404);
    expect((await callerOf(spouse)(`GET /v1/applications/${loan.id}`)).status).toBe(404);
    // Nothing is read before one has proved who one is.
    const unread = await callerOf(spouse)(`GET /v1/co-signings/${first.id}/pdf`);
    expect(unread.body['code']).toBe('CO_SIGNER_UNPROVED');
    const wrong = await prove(spouse, first, { name: '赵六' });
    expect(wrong.body['code']).toBe('CO_SIGNER_IDENTITY_REFUSED');
    const { say, answer } = await coSign(spouse, first);
    expect(answer.body, JSON.stringify(answer.body)).toMatchObject({
      stage: 'SIGN',
      pending: 'CO_SIGNERS',
    });
    // The same code again, by a new act, and by the next in turn, is good for nothing.
    const again = await callerOf(spouse)(`POST /v1/co-signings/${first.id}/sign`, say);
    expect(again.body['code']).toBe('PARTY_ANSWERED');
    const second = await turnThatCame(guarantor);
    await prove(guarantor, second);
    const foreign = await callerOf(guarantor)(`POST /v1/co-signings/${second.id}/sign`, say);
    expect(foreign.body['code']).toBe('SIGNING_CODE_REFUSED');
    expect(await statesOf(loan, 'payouts')).toEqual([]);
    const last = await coSign(guarantor, second);
    expect(last.answer.status, JSON.stringify(last.answer.body)).toBe(200);
    await reach(loan, 'DISBURSE/PAYOUT_RELEASE');
    const files = await evidenceOf(loan, contractId);
    expect(await faultsOf(files)).toEqual([]);
    const swapped = new Map(files);
    const at = (party: string) => `signatures/${party}/signature.der`;
    swapped.set(at('spouse-1'), files.get(at('guarantor-2')) ?? Buffer.alloc(0));
    swapped.set(at('guarantor-2'), files.get(at('spouse-1')) ?? Buffer.alloc(0));
    expect(await faultsOf(swapped)).toContain('SIGNATURES SIGNATURE_WRONG');
    const manifest = JSON.parse(files.get('manifest.json')?.toString('utf8') ?? '') as {
      signatures: { party: string }[];
    };
    const without = new Map(files);
    const signatures = manifest.signatures.filter(({ party }) => party !== 'GUARANTOR_2');
    expect(signatures).toHaveLength(3);
    without.set('manifest.json', Buffer.from(JSON.stringify({ ...manifest, signatures })));
    expect(await faultsOf(without)).toContain('INTENT PARTY_MISSING');
    await release(house.world, loan.id);
    await reach(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('ends with a refusal to sign: the contract is void, and nobody else can sign it', async () => {
    const [spouse, guarantor] = [await personAt(23), await personAt(24)];
    const loan = await signedByBorrower(2, [
      ['SPOUSE', spouse],
      ['GUARANTOR', guarantor],
    ]);
    const turn = await turnThatCame(spouse);
    const said = await callerOf(spouse)(`POST /v1/co-signings/${turn.id}/decline`);
    expect(said.body).toMatchObject({ stage: 'WITHDRAWN' });
    expect((await journeyOf(loan)).at(-1)).toBe('SIGN>WITHDRAWN human CO_SIGNER_DECLINED');
    expect(await statesOf(loan, 'contracts')).toEqual(['VOID']);
    const rows = await house.db
      .selectFrom('contract_parties as p')
      .innerJoin('contracts as c', 'c.id', 'p.contract_id')
      .select('p.state')
      .where('c.application_id', '=', loan.id)
      .orderBy('p.position')
      .execute();
    expect(rows.map(({ state }) => state)).toEqual(['DECLINED', 'EXPIRED']);
    const told = await callerOf(spouse)(`POST /v1/co-signings/${turn.id}/decline`);
    expect(told.status).not.toBe(200);
    await expectAftermath(loan, { stage: 'WITHDRAWN', decision: 'APPROVE' });
  });

  it('lapses when nobody comes: reminded half-way, and void at the end of the window', async () => {
    const guarantor = await personAt(25);
    const loan = await signedByBorrower(3, [['GUARANTOR', guarantor]]);
    const { contractNumber } = await turnThatCame(guarantor);
    await house.fastForward(loan.id, 37 * HOUR_MS);
    await eventually('the reminder', async () =>
      (await inbox(contractNumber)).some((text) => text.startsWith('提醒')),
    );
    await house.fastForward(loan.id, 37 * HOUR_MS);
    await reach(loan, 'EXPIRED');
    await expectAftermath(loan, { stage: 'EXPIRED', decision: 'APPROVE' });
    expect(await statesOf(loan, 'contracts')).toEqual(['VOID']);
    expect((await turnOf(guarantor))?.state).toBe('EXPIRED');
  });
});

it('names nobody beside the borrower who is no adult, or the borrower', async () => {
  const loan = await draftAs(house, 'straight-approval', 4);
  const owner = callerIn(house, 'applicant', loan.subject);
  const { name, idNumber, mobile } = loan.persona.application.identity;
  const named = await owner(`POST /v1/applications/${loan.id}/co-signers`, {
    coSigners: [{ role: 'GUARANTOR', name, idNumber, mobile }],
  });
  expect([named.status, named.body['code']]).toEqual([422, 'CO_SIGNER_UNFIT']);
  const stranger = callerIn(house, 'applicant', randomUUID());
  const path = `/v1/applications/${loan.id}/co-signers`;
  expect((await stranger(`POST ${path}`, { coSigners: [] })).status).toBe(404);
  expect((await stranger(`GET ${path}`)).status).toBe(404);
});
