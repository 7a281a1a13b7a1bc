/** A draft's life through the API: pages, face, authorisation, submission, withdrawal, and whose it is. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TRAIL_FIELDS } from '../../domain/device-trail.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { syntheticId } from '../domain/samples.ts';
import {
  ALL_ACTS,
  authorise,
  fillPages,
  JPEG,
  newDraft,
  PAGES,
  readyDraft,
  showLetter,
  uploadFace,
} from './drafting.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let token: string;
let other: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator']);
  other = await world.token('owner-2', ['applicant']);
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
  world.clock.now = new Date('2026-11-24T04:00:00Z');
});

const read = (id: string, as = token) => world.call('GET', `/v1/applications/${id}`, { token: as });
const savePage = (id: string, page: number, json: unknown, headers = {}) =>
  world.call('PATCH', `/v1/applications/${id}/pages/${page}`, { token, json, headers });
const submit = (id: string, evidenceVersion: number) =>
  world.call('POST', `/v1/applications/${id}/submit`, { token, json: { evidenceVersion } });
const withdraw = (id: string) =>
  world.call('POST', `/v1/applications/${id}/withdraw`, {
    token,
    json: { reason: 'CHANGED_MIND' },
  });

describe('ownership', () => {
  it('hides an application, its acts and its papers from every other owner as not found', async () => {
    const { id } = await readyDraft(world, token);
    const authorisation = String((await read(id)).body['authorisationId']);
    const attempts = [
      ['GET', `/v1/applications/${id}`, undefined],
      ['GET', `/v1/applications/${id}/timeline`, undefined],
      ['PATCH', `/v1/applications/${id}/pages/1`, PAGES.identity],
      ['POST', `/v1/applications/${id}/submit`, { evidenceVersion: 1 }],
      ['POST', `/v1/applications/${id}/withdraw`, { reason: 'CHANGED_MIND' }],
      ['POST', '/v1/authorisations', { applicationId: id }],
      ['GET', `/v1/authorisations/${authorisation}`, undefined],
      ['POST', `/v1/authorisations/${authorisation}/withdraw`, {}],
    ] as const;
    for (const [method, path, json] of attempts) {
      const answer = await world.call(method, path, { token: other, json });
      expect([path, answer.status, answer.body['code']]).toEqual([path, 404, 'NOT_FOUND']);
    }
    expect(world.loan.heard).toEqual([]);
  });

  it('shows the owner the form in full, and staff the same form masked with an audit entry', async () => {
    const id = await newDraft(world, token);
    await fillPages(world, token, id);
    const own = await read(id);
    expect(own.body['pages']).toMatchObject({ identity: { idNumber: PAGES.identity.idNumber } });
    const staff = await read(id, await world.token('feng', ['compliance']));
    expect(staff.status).toBe(200);
    const { idNumber, address, mobile } = PAGES.identity;
    for (const secret of [idNumber, address, mobile, PAGES.loan.bankCardNumber, '测试李']) {
      expect(staff.text).not.toContain(secret);
    }
    const entries = await world.db
      .selectFrom('audit_entries')
      .select(['actor', 'action'])
      .where('subject_id', '=', id)
      .where('action', '<>', 'application.save-page')
      .execute();
    expect(entries).toEqual([
      { actor: 'owner-1', action: 'application.view' },
      { actor: 'feng', action: 'application.view' },
    ]);
  });

  it('lists the caller’s own applications once each over pages, whatever the order of their moments', async () => {
    const lister = await world.token('lister', ['integrator']);
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push(await newDraft(world, lister));
    await world.db
      .updateTable('applications')
      .set({ created_at: new Date('2026-01-01T00:00:00Z') })
      .where('id', 'in', made.slice(1, 4))
      .execute();
    const seen: unknown[] = [];
    let next: string | null = null;
    do {
      const query: string = next === null ? '' : `&cursor=${next}`;
      const page = await world.call('GET', `/v1/applications?limit=2${query}`, { token: lister });
      seen.push(...(page.body['items'] as { id: string }[]).map((item) => item.id));
      next = page.body['next'] as string | null;
    } while (next !== null);
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(made));
  });

  it('refuses a cursor that is not ours', async () => {
    for (const cursor of ['x', Buffer.from('{"at":"now()","id":1}').toString('base64url')]) {
      const answer = await world.call('GET', `/v1/applications?cursor=${cursor}`, { token });
      expect([answer.status, answer.body['code']]).toEqual([400, 'CURSOR_INVALID']);
    }
  });

  it('takes an external id once per owner', async () => {
    const json = { externalId: 'order-7' };
    expect((await world.call('POST', '/v1/applications', { token, json })).status).toBe(201);
    const again = await world.call('POST', '/v1/applications', { token, json });
    expect([again.status, again.body['code']]).toEqual([409, 'EXTERNAL_ID_TAKEN']);
    const theirs = await world.call('POST', '/v1/applications', { token: other, json });
    expect(theirs.status).toBe(201);
    const found = await world.call('GET', '/v1/applications?externalId=order-7', { token: other });
    expect(found.body['items']).toMatchObject([{ id: theirs.body['id'] }]);
  });

  it('says that enterprises cannot apply yet', async () => {
    const json = { applicantKind: 'ENTERPRISE' };
    const answer = await world.call('POST', '/v1/applications', { token, json });
    expect([answer.status, answer.body['code']]).toEqual([422, 'APPLICANT_KIND_UNSUPPORTED']);
  });
});

describe('pages', () => {
  it('are saved, read back, and each saving makes a new evidence version', async () => {
    const id = await newDraft(world, token);
    const first = await savePage(id, 1, PAGES.identity);
    const second = await savePage(id, 1, {
      ...PAGES.identity,
      address: '浙江省杭州市西湖区文三路2号',
    });
    expect(Number(second.body['evidenceVersion'])).toBe(Number(first.body['evidenceVersion']) + 1);
    expect((await read(id)).body['pages']).toMatchObject({
      identity: { address: '浙江省杭州市西湖区文三路2号' },
      work: null,
    });
  });

  it('name each wrong field with its reason in the language asked for, and save nothing', async () => {
    const id = await newDraft(world, token);
    const idNumber = `${PAGES.identity.idNumber.slice(0, 17)}${PAGES.identity.idNumber.endsWith('1') ? '2' : '1'}`;
    const wrong = { ...PAGES.identity, idNumber };
    const answer = await savePage(id, 1, wrong, { 'Accept-Language': 'en' });
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toMatchObject([{ pointer: '/idNumber', code: 'CHECK_DIGIT' }]);
    expect((await read(id)).body['pages']).toMatchObject({ identity: null });
  });

  it('refuse someone under age, an amount off the product’s range and an unknown product', async () => {
    const id = await newDraft(world, token);
    const minor = { ...PAGES.identity, idNumber: syntheticId('2010-01-01') };
    expect((await savePage(id, 1, minor)).text).toContain('/idNumber');
    const large = await savePage(id, 3, { ...PAGES.loan, amountFen: 900_000_00 });
    expect(large.body['errors']).toMatchObject([{ pointer: '/amountFen', code: 'AMOUNT_ABOVE' }]);
    const unknown = await savePage(id, 3, { ...PAGES.loan, productCode: 'YACHT' });
    expect(unknown.body['errors']).toMatchObject([{ pointer: '/productCode' }]);
  });

  it('name missing, unknown and mistyped fields by pointer without repeating their values', async () => {
    const id = await newDraft(world, token);
    const { name: _name, ...rest } = PAGES.identity;
    const answer = await savePage(id, 1, { ...rest, mobile: 13812345678, extra: 1 });
    const errors = answer.body['errors'] as { pointer: string; code: string }[];
    expect(new Set(errors.map(({ pointer, code }) => `${pointer} ${code}`))).toEqual(
      new Set(['/name REQUIRED', '/mobile INVALID_TYPE', '/extra UNKNOWN_FIELD']),
    );
    expect(answer.text).not.toContain('13812345678');
  });

  it('accept full-width digits and a lower-case x as they are typed', async () => {
    const id = await newDraft(world, token);
    const wide = PAGES.identity.mobile.replaceAll(/\d/g, (d) =>
      String.fromCodePoint(d.charCodeAt(0) + 0xfee0),
    );
    expect((await savePage(id, 1, { ...PAGES.identity, mobile: wide })).status).toBe(200);
    expect((await read(id)).body['pages']).toMatchObject({
      identity: { mobile: PAGES.identity.mobile },
    });
  });

  it('warn of a card number that fails Luhn and save it', async () => {
    const id = await newDraft(world, token);
    const bankCardNumber = '6222021234567890129';
    const answer = await savePage(id, 3, { ...PAGES.loan, bankCardNumber });
    expect(answer.status).toBe(200);
    expect(answer.body['warnings']).toMatchObject([{ pointer: '/bankCardNumber' }]);
  });

  it('take a device trail whose largest form stays below 16 KB, and none beyond its fields’ limits', async () => {
    const id = await newDraft(world, token);
    const count = 100_000_000;
    const counts = TRAIL_FIELDS.map((field) => ({ field, count }));
    const ms = 86_399_999.123;
    const behaviour = {
      dwellMs: count,
      pasteCount: count,
      correctionCount: count,
      keyCount: count,
      scrollPx: count,
      typing: TRAIL_FIELDS.map((field) => ({ field, keys: count, meanMs: ms, deviationMs: ms })),
      pastes: counts,
      corrections: counts,
    };
    const largest = {
      consent: true,
      fingerprint: '汉'.repeat(128),
      userAgent: '汉'.repeat(512),
      platform: '汉'.repeat(64),
      timeZone: '汉'.repeat(64),
      languages: Array.from({ length: 10 }, () => '汉'.repeat(35)),
      screen: { width: 100_000, height: 100_000, pixelRatio: 2.625 },
      webglRenderer: '汉'.repeat(128),
      emulator: false,
      proxy: false,
      pages: [1, 2, 3].map((page) => ({ page, ...behaviour })),
    };
    expect(Buffer.byteLength(JSON.stringify(largest))).toBeLessThan(16 * 1024);
    expect((await savePage(id, 3, { ...PAGES.loan, device: largest })).status).toBe(200);
    const beyond = { ...largest, userAgent: 'x'.repeat(513) };
    const refused = await savePage(id, 3, { ...PAGES.loan, device: beyond });
    expect(refused.body['errors']).toMatchObject([
      { pointer: '/device/userAgent', code: 'TOO_BIG' },
    ]);
  });

  it('lie sealed in the database', async () => {
    const id = await newDraft(world, token);
    await fillPages(world, token, id);
    const rows = await world.db
      .selectFrom('application_pages')
      .select('sealed')
      .where('application_id', '=', id)
      .execute();
    const text = rows.map((row) => row.sealed.toString('utf8')).join('');
    expect(text).not.toContain(PAGES.identity.idNumber);
    expect(text).not.toContain(PAGES.identity.name);
  });

  it('give every one of ten savings at once a revision and a version of its own', async () => {
    const id = await newDraft(world, token);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => savePage(id, 1, PAGES.identity)),
    );
    const versions = answers.map((answer) => answer.body['evidenceVersion']);
    expect(new Set(versions).size).toBe(10);
  });
});

describe('the face photograph', () => {
  const put = (id: string, body: Uint8Array<ArrayBuffer>, type: string) =>
    world.call('PUT', `/v1/applications/${id}/face`, {
      token,
      body,
      headers: { 'Content-Type': type },
    });

  it('is stored by its digest and grows the evidence', async () => {
    const id = await newDraft(world, token);
    const answer = await put(id, JPEG, 'image/jpeg');
    expect(answer.body['sm3']).toBe(sm3Hex(JPEG));
    expect((await read(id)).body['faceUploaded']).toBe(true);
  });

  it('is refused when it is too large, of another type, or not what its type says', async () => {
    const id = await newDraft(world, token);
    const large = await put(id, new Uint8Array(512 * 1024 + 1), 'image/jpeg');
    expect([large.status, large.body['code']]).toEqual([413, 'BODY_TOO_LARGE']);
    expect((await put(id, JPEG, 'image/gif')).status).toBe(415);
    const lie = await put(id, JPEG, 'image/png');
    expect([lie.status, lie.body['code']]).toEqual([422, 'IMAGE_INVALID']);
    expect((await read(id)).body['faceUploaded']).toBe(false);
  });
});

describe('the credit authorisation', () => {
  it('needs page 1, names the person and the lender, and its hash is of its text', async () => {
    const id = await newDraft(world, token);
    const early = await world.call('POST', '/v1/authorisations', {
      token,
      json: { applicationId: id },
    });
    expect([early.status, early.body['code']]).toEqual([422, 'FORM_INCOMPLETE']);
    await fillPages(world, token, id);
    const letter = await showLetter(world, token, id);
    expect(letter.text).toContain(PAGES.identity.name);
    expect(letter.text).toContain('示范银行');
    const shown = await world.call('GET', `/v1/authorisations/${letter.id}`, { token });
    expect(shown.body).toMatchObject({ state: 'SHOWN', textSm3: sm3Hex(letter.text), acts: [] });
  });

  it('is agreed to by the hash of what was shown and by every act, nothing less', async () => {
    const id = await newDraft(world, token);
    await fillPages(world, token, id);
    const letter = await showLetter(world, token, id);
    const agree = (textSm3: string, acts: readonly string[]) =>
      world.call('POST', `/v1/authorisations/${letter.id}/agree`, {
        token,
        json: { textSm3, acts },
      });
    const otherText = await agree(sm3Hex('another text'), ALL_ACTS);
    expect([otherText.status, otherText.body['code']]).toEqual([409, 'DIGEST_DIFFERS']);
    const part = await agree(sm3Hex(letter.text), ALL_ACTS.slice(1));
    expect([part.status, part.body['code']]).toEqual([422, 'CONSENT_INCOMPLETE']);
    const done = await agree(sm3Hex(letter.text), ALL_ACTS);
    expect(done.body).toMatchObject({ state: 'AGREED', acts: ALL_ACTS });
    expect(done.body['validUntil']).toBe('2026-12-24T16:00:00.000Z');
  });

  it('cannot be agreed to on another day than the one it bears', async () => {
    const id = await newDraft(world, token);
    await fillPages(world, token, id);
    const letter = await showLetter(world, token, id);
    world.clock.now = new Date('2026-11-24T16:00:01Z');
    const late = await world.call('POST', `/v1/authorisations/${letter.id}/agree`, {
      token,
      json: { textSm3: sm3Hex(letter.text), acts: ALL_ACTS },
    });
    expect([late.status, late.body['code']]).toEqual([409, 'AUTHORISATION_CHANGED']);
  });

  it('ends when page 1 names another person, and stays when it names the same', async () => {
    const id = await newDraft(world, token);
    await fillPages(world, token, id);
    const letter = await authorise(world, token, id);
    const state = async () =>
      (await world.call('GET', `/v1/authorisations/${letter.id}`, { token })).body['state'];
    await savePage(id, 1, { ...PAGES.identity, address: '浙江省杭州市西湖区文三路3号' });
    expect(await state()).toBe('AGREED');
    await savePage(id, 1, { ...PAGES.identity, idNumber: syntheticId('1985-02-03') });
    expect(await state()).toBe('EXPIRED');
  });

  it('gives way to a newer one, so that one at most is agreed', async () => {
    const id = await newDraft(world, token);
    await fillPages(world, token, id);
    await authorise(world, token, id);
    await authorise(world, token, id);
    const rows = await world.db
      .selectFrom('authorisations')
      .select('state')
      .where('application_id', '=', id)
      .execute();
    expect(rows.map((row) => row.state).sort()).toEqual(['AGREED', 'EXPIRED']);
  });

  it('is withdrawn for good, with an audit entry for giving and taking', async () => {
    const { id } = await readyDraft(world, token);
    const authorisation = String((await read(id)).body['authorisationId']);
    const path = `/v1/authorisations/${authorisation}/withdraw`;
    expect((await world.call('POST', path, { token, json: {} })).body['state']).toBe('WITHDRAWN');
    const refused = await submit(id, Number((await read(id)).body['evidenceVersion']));
    expect([refused.status, refused.body['code']]).toEqual([422, 'AUTHORISATION_MISSING']);
    const entries = await world.db
      .selectFrom('audit_entries')
      .select('action')
      .where('subject_id', '=', authorisation)
      .orderBy('id')
      .execute();
    expect(entries.map((e) => e.action)).toEqual(['authorisation.agree', 'authorisation.withdraw']);
  });

  it('is read in full by its giver and without its text by oversight', async () => {
    const { id } = await readyDraft(world, token);
    const authorisation = String((await read(id)).body['authorisationId']);
    const auditor = await world.token('chen', ['auditor']);
    const seen = await world.call('GET', `/v1/authorisations/${authorisation}`, { token: auditor });
    expect(seen.body).toMatchObject({ state: 'AGREED', text: null });
  });
});

describe('submission', () => {
  it('starts the loan once with the caller, the key and the version, and answers its standing', async () => {
    const { id, evidenceVersion } = await readyDraft(world, token);
    const answer = await submit(id, evidenceVersion);
    expect([answer.status, answer.body]).toEqual([200, STANDING]);
    expect(world.loan.heard).toMatchObject([
      {
        to: `loan/${id}`,
        name: 'submit',
        input: {
          evidenceVersion,
          productCode: 'PERSONAL_CREDIT',
          actor: { kind: 'human', subject: 'owner-1', role: 'integrator' },
        },
      },
    ]);
  });

  it('is refused before a loan is started: incomplete, without face, unauthorised, stale, or wrong across pages', async () => {
    const id = await newDraft(world, token);
    const refused = async () => {
      const version = Number((await read(id)).body['evidenceVersion']);
      return (await submit(id, version)).body['code'];
    };
    expect(await refused()).toBe('FORM_INCOMPLETE');
    await fillPages(world, token, id);
    expect(await refused()).toBe('FACE_MISSING');
    await uploadFace(world, token, id);
    expect(await refused()).toBe('AUTHORISATION_MISSING');
    await authorise(world, token, id);
    const stale = await submit(id, 1);
    expect([stale.status, stale.body['code']]).toEqual([409, 'STALE_EVIDENCE']);
    const contacts = [{ ...PAGES.loan.contacts[0], mobile: PAGES.identity.mobile }];
    await savePage(id, 3, { ...PAGES.loan, contacts });
    const version = Number((await read(id)).body['evidenceVersion']);
    const across = await submit(id, version);
    expect([across.status, across.body['code']]).toEqual([422, 'FORM_INVALID']);
    expect(across.body['errors']).toMatchObject([{ pointer: '/loan/contacts/0/mobile' }]);
    expect(world.loan.heard).toEqual([]);
  });

  it('closes the draft’s pages once the loan is under way', async () => {
    const { id, evidenceVersion } = await readyDraft(world, token);
    await submit(id, evidenceVersion);
    await world.db
      .updateTable('applications')
      .set({ stage: 'VERIFY' })
      .where('id', '=', id)
      .execute();
    const page = await savePage(id, 1, PAGES.identity);
    expect([page.status, page.body['code']]).toEqual([409, 'STAGE_DOES_NOT_FIT']);
    const letter = await world.call('POST', '/v1/authorisations', {
      token,
      json: { applicationId: id },
    });
    expect(letter.body['code']).toBe('STAGE_DOES_NOT_FIT');
  });
});

describe('withdrawal', () => {
  it('ends a draft without a loan, on the record, and nothing follows', async () => {
    const id = await newDraft(world, token);
    const answer = await withdraw(id);
    expect([answer.status, answer.body['stage']]).toEqual([200, 'WITHDRAWN']);
    expect(world.loan.heard).toEqual([]);
    const events = await world.call('GET', `/v1/applications/${id}/timeline`, { token });
    expect(events.body['events']).toMatchObject([
      { from: 'APPLY', to: 'WITHDRAWN', actor: 'owner-1', reason: 'CHANGED_MIND' },
    ]);
    expect((await savePage(id, 1, PAGES.identity)).body['code']).toBe('AFTER_ENDING');
    expect((await withdraw(id)).body['code']).toBe('AFTER_ENDING');
    expect((await submit(id, 1)).body['code']).toBe('AFTER_ENDING');
  });

  it('of a running loan is asked of the loan', async () => {
    const { id } = await readyDraft(world, token);
    await world.db
      .updateTable('applications')
      .set({ stage: 'OFFER' })
      .where('id', '=', id)
      .execute();
    world.loan.answer = () => ({ stage: 'WITHDRAWN', version: 9, pending: null });
    expect((await withdraw(id)).body).toMatchObject({ stage: 'WITHDRAWN', version: 9 });
    expect(world.loan.heard).toMatchObject([
      { name: 'withdraw', input: { reason: 'CHANGED_MIND' } },
    ]);
  });

  it('takes a coded reason only, for it is stored in plain', async () => {
    const id = await newDraft(world, token);
    const answer = await world.call('POST', `/v1/applications/${id}/withdraw`, {
      token,
      json: { reason: '我叫张伟' },
    });
    expect(answer.body['errors']).toMatchObject([{ pointer: '/reason', code: 'INVALID_FORMAT' }]);
  });

  it('does not find what is not there', async () => {
    expect((await withdraw(randomUUID())).status).toBe(404);
  });
});
