/** The identity, registry and message services answer by what the registries hold, not by what is claimed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { COMPANIES } from '../../sandbox/people/companies.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { admin, call, startSandbox } from './caller.ts';

let sandbox: Sandbox;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ sandbox, stop } = await startSandbox());
});
afterAll(() => stop());

let counter = 0;
const number = () => `id-${(counter += 1)}`;
const application = (key: string) => {
  const found = sandbox.people.personas(new Date()).find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`no persona ${key}`);
  return found.application;
};
const who = (key: string) => ({
  name: application(key).identity.name,
  idNumber: application(key).identity.idNumber,
});
const face = (key: string, image: Buffer, requestNo = number()) =>
  call(sandbox, 'identity', 'face', {
    requestNo,
    ...who(key),
    imageSm3: sm3Hex(image),
    image: image.toString('base64'),
  });

describe('identity checks', () => {
  it.each([
    ['straight-approval', 'MATCH'],
    ['rare-character', 'MATCH'],
    ['minority-name', 'MATCH'],
    ['identity-mismatch', 'MISMATCH'],
  ])('two-factor of %s: %s', async (key, result) => {
    expect(
      await call(sandbox, 'identity', 'two-factor', { requestNo: number(), ...who(key) }),
    ).toMatchObject({ code: '0000', data: { result, subject: who(key) } });
  });

  it('answers 1001 and charges when the registry has no data', async () => {
    expect(
      await call(sandbox, 'identity', 'two-factor', {
        requestNo: number(),
        ...who('identity-no-data'),
      }),
    ).toMatchObject({ code: '1001', charged: true, data: null });
  });

  it('compares mobiles and cards with what operators and banks hold', async () => {
    const mobile = (key: string, value = application(key).identity.mobile) =>
      call(sandbox, 'identity', 'mobile', { requestNo: number(), ...who(key), mobile: value });
    expect(await mobile('straight-approval')).toMatchObject({ data: { result: 'MATCH' } });
    expect(await mobile('straight-approval', '15409999990')).toMatchObject({
      data: { result: 'MISMATCH' },
    });
    expect(await mobile('mobile-mismatch')).toMatchObject({ data: { result: 'MISMATCH' } });
    const card = (key: string, bankCard = application(key).loan.bankCardNumber) =>
      call(sandbox, 'identity', 'bankcard', {
        requestNo: number(),
        ...who(key),
        bankCard,
        mobile: application(key).loan.bankReservedMobile,
      });
    expect(await card('straight-approval')).toMatchObject({ data: { result: 'MATCH' } });
    expect(await card('card-mismatch')).toMatchObject({ data: { result: 'MISMATCH' } });
    expect(
      await card('straight-approval', application('straight-small').loan.bankCardNumber),
    ).toMatchObject({ data: { result: 'MISMATCH' } });
  });

  it('scores a face and its liveness by the person', async () => {
    expect(await face('straight-approval', Buffer.from('face 1'))).toMatchObject({
      data: { result: 'MATCH', score: 96.4, liveness: 'LIVE' },
    });
    expect(await face('face-low-score', Buffer.from('face 2'))).toMatchObject({
      data: { result: 'MISMATCH', score: 48, liveness: 'LIVE' },
    });
    expect(await face('face-not-live', Buffer.from('face 3'))).toMatchObject({
      data: { result: 'MISMATCH', score: 95, liveness: 'NOT_LIVE' },
    });
  });

  it('refuses a replayed image under another request number, and answers the same number again', async () => {
    const image = Buffer.from('one photo');
    const requestNo = number();
    const first = await face('straight-small', image, requestNo);
    expect(await face('straight-small', image)).toMatchObject({
      code: '4001',
      charged: false,
      data: { reason: 'IMAGE_REPLAYED' },
    });
    expect(await face('straight-small', image, requestNo)).toEqual(first);
  });

  it('refuses an image above 512 KB or with another digest', async () => {
    expect(await face('straight-small', Buffer.alloc(512 * 1024 + 1, 1))).toMatchObject({
      code: '4001',
      data: { reason: 'IMAGE_SIZE' },
    });
    const said = await call(sandbox, 'identity', 'face', {
      requestNo: number(),
      ...who('straight-small'),
      imageSm3: sm3Hex('other'),
      image: Buffer.from('this').toString('base64'),
    });
    expect(said).toMatchObject({ code: '4001', data: { reason: 'IMAGE_DIGEST' } });
  });
});

describe('registries', () => {
  it('screen for sanctions and court cases', async () => {
    const ask = (operation: string, key: string) =>
      call(sandbox, 'registry', operation, { requestNo: number(), ...who(key) });
    expect(await ask('sanctions', 'straight-approval')).toMatchObject({
      data: { result: 'CLEAR', hits: [] },
    });
    expect(await ask('sanctions', 'sanctioned')).toMatchObject({
      data: { result: 'HIT', hits: [{ list: 'UN_SECURITY_COUNCIL' }] },
    });
    expect(await ask('court', 'straight-approval')).toMatchObject({ code: '1001' });
    expect(await ask('court', 'court-enforcement')).toMatchObject({
      data: { cases: [{ kind: 'DISHONEST_DEBTOR', closed: false }] },
    });
  });

  it('show a company without the sandbox’s story about it', async () => {
    const [clean] = COMPANIES;
    const said = await call(sandbox, 'registry', 'enterprise', {
      requestNo: number(),
      uscc: clean?.uscc,
    });
    expect(said).toMatchObject({
      code: '0000',
      data: { status: 'ACTIVE', shareholders: [{ percent: '35' }, { percent: '65' }] },
    });
    expect(said.data).not.toHaveProperty('story');
    expect(
      await call(sandbox, 'registry', 'enterprise', {
        requestNo: number(),
        uscc: '91440300708461136T',
      }),
    ).toMatchObject({ code: '1001' });
  });
});

describe('bureaus', () => {
  const authorisation = { id: 'a', sm3: sm3Hex('a'), purpose: '02' };
  const ask = (service: string, operation: string, key: string, more: object = { authorisation }) =>
    call(sandbox, service, operation, { requestNo: number(), ...who(key), ...more });

  it('answer 2001 without an authorisation and 2002 for a purpose a lender may not name', async () => {
    for (const service of ['pboc', 'baihang']) {
      expect(await ask(service, 'report', 'straight-approval', {})).toMatchObject({ code: '2001' });
      expect(
        await ask(service, 'report', 'straight-approval', {
          authorisation: { id: 'a', purpose: '02' },
        }),
      ).toMatchObject({ code: '2001' });
      for (const purpose of ['03', '09', '16', '99'])
        expect(
          await ask(service, 'report', 'straight-approval', {
            authorisation: { ...authorisation, purpose },
          }),
        ).toMatchObject({ code: '2002' });
      for (const purpose of ['02', '26', '22', '08', '01'])
        expect(
          await ask(service, 'report', 'straight-approval', {
            authorisation: { ...authorisation, purpose },
          }),
        ).toMatchObject({ code: '0000' });
    }
  });

  it('have no record of a person, or of a name that is not the number’s', async () => {
    expect(await ask('pboc', 'report', 'no-pboc-record')).toMatchObject({
      code: '1001',
      charged: true,
    });
    expect(await ask('baihang', 'report', 'no-baihang-record')).toMatchObject({ code: '1001' });
    expect(
      await call(sandbox, 'pboc', 'report', {
        requestNo: number(),
        idNumber: who('straight-approval').idNumber,
        name: '别人',
        authorisation,
      }),
    ).toMatchObject({ code: '1001' });
  });

  it('list whom Baihang watches, verify a mobile, and take an objection', async () => {
    expect(await ask('baihang', 'watchlist', 'watch-fraud')).toMatchObject({
      data: { hits: [{ level: 'FRAUD' }] },
    });
    expect(await ask('baihang', 'watchlist', 'straight-approval')).toMatchObject({ code: '1001' });
    expect(
      await ask('baihang', 'verify', 'new-mobile', {
        mobile: application('new-mobile').identity.mobile,
        authorisation,
      }),
    ).toMatchObject({ data: { result: 'MATCH', monthsInUse: 1 } });
    expect(
      await ask('pboc', 'objection', 'straight-approval', {
        reportNo: 'r',
        item: '账户',
        statement: '非本人办理',
      }),
    ).toMatchObject({ data: { state: 'RECEIVED' } });
  });
});

it('sent messages can be read in the inbox, by mobile', async () => {
  await call(sandbox, 'sms', 'send', {
    requestNo: number(),
    mobile: '15400000001',
    template: 'T',
    text: '验证码 123456',
  });
  await call(sandbox, 'sms', 'send', {
    requestNo: number(),
    mobile: '15400000002',
    template: 'T',
    text: 'other',
  });
  const inbox = await admin<{ mobile: string; text: string }[]>(
    sandbox,
    'inbox?mobile=15400000001',
  );
  expect(inbox).toMatchObject([{ mobile: '15400000001', text: '验证码 123456' }]);
});
