/**
 * The outside world in memory, for tests that are not about it: everybody is who they say, has clean reports, and
 * every payment is made. Like the real one, it gives the first answer again for the same request number.
 */
import { randomBytes } from 'node:crypto';
import type { Numbered, OutsideAnswer } from '../../../activities/ports/answers.ts';
import type { TransferStatus } from '../../../activities/ports/bank.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { toPem } from '../../../platform/crypto/pem.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import { generateSm2KeyPair } from '../../../platform/crypto/sm2.ts';
import {
  createCrl,
  type Revocation,
  revocationReason,
  createRootCertificate,
  issueCertificate,
  parseCsr,
} from '../../../platform/crypto/x509.ts';
import { baihangReport } from '../../../sandbox/reports/baihang-report.ts';
import { CLEAN_BAIHANG, CLEAN_CREDIT } from '../../../sandbox/reports/credit-profile.ts';
import { pbocReport } from '../../../sandbox/reports/pboc-report.ts';

/** Who the fake bureau says has asked: the lender of the tests' workplaces. */
export const FAKE_LENDER = '样例银行';

/** One call that reached a fake. */
export interface FakeCall {
  readonly port: keyof Ports;
  readonly operation: string;
  readonly requestNo: string;
}

export interface FakePorts extends Ports {
  /** Every call that was processed, in order; a repeated request number is not processed again. */
  readonly calls: readonly FakeCall[];
  /** The self-signed certificate above everything the fake CA issues, PEM. */
  readonly caRootPem: string;
}

export type FakeOverrides = { readonly [P in keyof Ports]?: Partial<Ports[P]> };

/** All-match ports; `overrides` replace single operations, which then answer for themselves. */
export function createFakePorts(overrides: FakeOverrides = {}): FakePorts {
  const calls: FakeCall[] = [];
  const once = <R extends Numbered, T>(
    port: keyof Ports,
    operation: string,
    answer: (request: R) => T,
  ): ((request: R) => Promise<OutsideAnswer<T>>) => {
    const first = new Map<string, T>();
    return async (request) => {
      const { requestNo } = request;
      const data = first.get(requestNo) ?? answer(request);
      if (!first.has(requestNo)) calls.push({ port, operation, requestNo });
      first.set(requestNo, data);
      return { kind: 'FOUND', charged: true, data };
    };
  };
  const ca = createFakeCa();
  const payments = new Map<string, TransferStatus>();
  const pay = ({ requestNo }: Numbered): TransferStatus => {
    const status: TransferStatus = { status: 'PAID', bankReference: `BK${requestNo}` };
    payments.set(requestNo, status);
    return status;
  };
  return {
    calls,
    caRootPem: ca.rootPem,
    identity: {
      twoFactor: once('identity', 'twoFactor', () => 'MATCH'),
      mobile: once('identity', 'mobile', () => 'MATCH'),
      bankCard: once('identity', 'bankCard', () => 'MATCH'),
      face: once('identity', 'face', () => ({ match: 'MATCH', score: 96, live: true })),
      ...overrides.identity,
    },
    pboc: {
      report: once('pboc', 'report', ({ requestNo, name, idNumber, mobile, consent }) =>
        pbocReport(CLEAN_CREDIT, {
          reportNo: requestNo,
          name,
          idNumber,
          mobile,
          queryingOrganisation: FAKE_LENDER,
          reason: consent.purpose,
          at: new Date(),
        }),
      ),
      objection: once('pboc', 'objection', ({ requestNo }) => ({
        objectionNo: `OB${requestNo}`,
        answerDueBy: new Date(Date.now() + 20 * 86_400_000).toISOString(),
      })),
      ...overrides.pboc,
    },
    baihang: {
      report: once('baihang', 'report', ({ requestNo, name, idNumber }) =>
        baihangReport(CLEAN_BAIHANG, { reportNo: requestNo, name, idNumber, at: new Date() }),
      ),
      watchlist: once('baihang', 'watchlist', ({ name, idNumber }) => ({
        subject: { name, idNumber },
        hits: [],
      })),
      verify: once('baihang', 'verify', ({ name, idNumber }) => ({
        subject: { name, idNumber },
        result: 'MATCH',
        monthsInUse: 96,
        status: 'ACTIVE',
      })),
      ...overrides.baihang,
    },
    registry: {
      sanctions: once('registry', 'sanctions', () => []),
      court: once('registry', 'court', () => []),
      ...overrides.registry,
    },
    ca: {
      certificate: once('ca', 'certificate', ({ csr }) => ca.issue(csr)),
      revoke: once('ca', 'revoke', ({ serial, reason }) => ({
        revokedAt: ca.revoke(serial, reason).toISOString(),
      })),
      crl: async () => ca.crl(),
      ...overrides.ca,
    },
    tsa: {
      stamp: async (imprint) => ({
        reply: Buffer.from(imprint),
        generatedAt: new Date(),
        serial: sm3Hex(randomBytes(8)).slice(0, 16),
      }),
      ...overrides.tsa,
    },
    bank: {
      account: once('bank', 'account', () => ({ match: true, open: true })),
      transfer: once('bank', 'transfer', pay),
      debit: once('bank', 'debit', pay),
      query: async ({ of }) => {
        const data = payments.get(of);
        return data === undefined
          ? { kind: 'NO_RECORD', charged: false }
          : { kind: 'FOUND', charged: false, data };
      },
      statement: async () => ({
        kind: 'FOUND',
        charged: false,
        data: { lines: [], sm3: sm3Hex('') },
      }),
      ...overrides.bank,
    },
    notice: {
      sms: once('notice', 'sms', ({ requestNo }) => ({ messageId: `SMS-${requestNo}` })),
      ...overrides.notice,
    },
    ocr: {
      read: async () => ({ kind: 'UNAVAILABLE' }),
      close: async () => undefined,
      ...overrides.ocr,
    },
    staffNotice: { tell: async () => undefined, ...overrides.staffNotice },
  };
}

const DAY_MS = 86_400_000;

/** A certificate authority with a root and nothing between it and what it issues. */
function createFakeCa() {
  const keyPair = generateSm2KeyPair();
  const now = Date.now();
  const root = createRootCertificate({
    subject: { commonName: 'FAKE CA, TESTS ONLY' },
    keyPair,
    serial: '01',
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + 365 * DAY_MS),
  });
  const issuer = { certificate: root, privateKey: keyPair.privateKey };
  const revoked: Revocation[] = [];
  const rootPem = toPem('CERTIFICATE', root);
  return {
    rootPem,
    issue(csr: Uint8Array) {
      const { subject, publicKey } = parseCsr(csr);
      const serial = `11${randomBytes(8).toString('hex')}`;
      const leaf = issueCertificate({
        csrPublicKey: publicKey,
        subject,
        issuer,
        serial,
        notBefore: new Date(Date.now() - 60_000),
        notAfter: new Date(Date.now() + DAY_MS),
        ca: false,
        keyUsage: ['digitalSignature'],
      });
      return { serial, chainPem: [toPem('CERTIFICATE', leaf), rootPem] };
    },
    revoke(serial: string, said: string) {
      const at = new Date();
      const reason = revocationReason(said);
      revoked.push(reason === undefined ? { serial, at } : { serial, at, reason });
      return at;
    },
    crl() {
      const thisUpdate = new Date();
      const nextUpdate = new Date(thisUpdate.getTime() + DAY_MS);
      return createCrl({ issuer, number: revoked.length + 1, thisUpdate, nextUpdate, revoked });
    },
  };
}
