/** Notices to the lender's own people: signed, taken by the sandbox, tried again where that can help, and to the right roles. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStaffNoticeAdapter } from '../../activities/adapters/staff-notice.ts';
import { OutsideFailure } from '../../activities/ports/answers.ts';
import { staffNoticeOf } from '../../activities/staff-notices.ts';
import { systemClock } from '../../platform/clock.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';

const keys = generateSm2KeyPair();
const own = { appId: 'xindai', keyId: 'k1', privateKey: keys.privateKey, clock: systemClock };
const MESSAGE = {
  requestNo: 'XN1',
  roles: ['compliance', 'operations'],
  topic: 'rights.overdue',
  text: '个人信息权利请求已超过答复期限，请立即答复。',
  about: { applicationId: randomUUID() },
};

let sandbox: Sandbox;
let dataFolder: string;
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'xindai-staff-notice-'));
  sandbox = await createSandbox({
    dataFolder,
    clients: { xindai: { k1: keys.publicKey } },
    callbackUrl: 'http://127.0.0.1:9/webhooks',
    callbackBackoffMs: 3_600_000,
  });
});
afterAll(async () => {
  await sandbox.close();
  await rm(dataFolder, { recursive: true, force: true });
});

const inbox = async (mobile: string): Promise<unknown> =>
  await (await fetch(`${sandbox.url}/_admin/inbox?mobile=${mobile}`)).json();
const at = (): string => `${sandbox.url}/staff-notices`;

describe('the webhook', () => {
  it('takes what is signed and shows it to each of the roles', async () => {
    await createStaffNoticeAdapter({ ...own, url: at() }).tell(MESSAGE);
    for (const role of MESSAGE.roles)
      expect(await inbox(`staff:${role}`)).toMatchObject([{ text: MESSAGE.text }]);
    expect(await inbox('staff:auditor')).toEqual([]);
  });

  it('refuses for good what another key has signed', async () => {
    const { privateKey } = generateSm2KeyPair();
    const telling = createStaffNoticeAdapter({ ...own, privateKey, url: at() }).tell(MESSAGE);
    await expect(telling).rejects.toMatchObject({ code: 'REJECTED', retryable: false });
  });

  it.each([
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [302, false],
  ])('that answers %i is asked again: %s', async (status, retryable) => {
    const url = 'http://127.0.0.1:9/hook?x=1';
    const answering = async (): Promise<Response> => new Response(null, { status });
    const telling = createStaffNoticeAdapter({ ...own, url, fetch: answering }).tell(MESSAGE);
    const failure: unknown = await telling.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutsideFailure);
    expect(failure).toMatchObject({ retryable });
  });

  it('that is not there is asked again, and where there is none nothing is sent', async () => {
    const gone = createStaffNoticeAdapter({ ...own, url: 'http://127.0.0.1:1/hook' }).tell(MESSAGE);
    await expect(gone).rejects.toMatchObject({ code: 'UNREACHABLE', retryable: true });
    const fetched: unknown[] = [];
    const fetch = async (url: unknown) => {
      fetched.push(url);
      return new Response();
    };
    await createStaffNoticeAdapter({ ...own, url: undefined, fetch }).tell(MESSAGE);
    expect(fetched).toEqual([]);
  });
});

describe('a notice', () => {
  it.each([
    ['operator.case', { caseId: 'c' }, ['operations']],
    ['people.reminder', { what: 'OPERATOR' }, ['operations']],
    ['people.reminder', { what: 'PAYOUT_RELEASE' }, ['finance-maker']],
    ['people.reminder', { what: 'PAYOUT_RETRY' }, ['finance-maker', 'finance-checker']],
    ['review.reminder', { taskId: 't', roles: ['senior-reviewer'] }, ['senior-reviewer']],
    ['review.escalated', {}, ['reviewer', 'senior-reviewer', 'risk-officer']],
    ['rights.reminder', {}, ['compliance']],
    ['rights.overdue', {}, ['compliance']],
    ['risk.alert', { kind: 'DRIFT' }, ['risk-officer', 'risk-approver']],
    ['objection.overdue', {}, ['compliance']],
    ['decision-review.remind', {}, ['reviewer', 'senior-reviewer', 'risk-officer']],
    ['bureau.weekly-report', { weekOf: '2026-11-16' }, ['compliance']],
  ])('of %s %j is for %j', (topic, payload, roles) => {
    expect(staffNoticeOf(topic, payload)?.roles).toEqual(roles);
  });

  it('is for nobody of the staff where an applicant is told', () => {
    expect(staffNoticeOf('journey', { to: 'OFFER' })).toBeNull();
    expect(staffNoticeOf('draft.reminder', {})).toBeNull();
  });
});
