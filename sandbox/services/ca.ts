/** The certificate authority's services: issue for a request with identity evidence, revoke, and the revocation list. */
import type { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import { toPem } from '../../platform/crypto/pem.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import {
  createCrl,
  issueCertificate,
  type ParsedCsr,
  parseCsr,
  revocationReason,
} from '../../platform/crypto/x509.ts';
import { found, noRecord, type Outcome, refused } from '../answer.ts';
import { type Call, type Operation, operation } from '../operation.ts';
import {
  type CertificateAuthority,
  newSerial,
  POLICY_TEXT,
} from '../papers/certificate-authority.ts';
import type { People } from '../people/people.ts';
import { isResidentNumber, isUnifiedSocialCreditCode } from '../identifiers.ts';

/** A one-time (事件型) certificate lives for a day, a long-term one for two years. */
const LIFETIME_MS = { ONE_TIME: 86_400_000, LONG_TERM: 2 * 365 * 86_400_000 } as const;
/** Clocks differ: a certificate is good a little before it is made. */
const BACKDATE_MS = 60_000;

export interface CaParts {
  readonly authority: CertificateAuthority;
  readonly people: People;
}

const certificateInput = z.strictObject({
  requestNo: z.string(),
  kind: z.enum(['ONE_TIME', 'LONG_TERM']),
  /** PKCS#10 request, DER in base64. */
  csr: z.base64(),
  holder: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('PERSON'),
      name: z.string().min(1).max(100),
      idNumber: z.string().refine(isResidentNumber),
    }),
    z.strictObject({
      kind: z.literal('ORGANISATION'),
      name: z.string().min(1).max(200),
      uscc: z.string().refine(isUnifiedSocialCreditCode),
    }),
  ]),
  /** How the holder was identified (Electronic Signature Law, article 20): name of the check → its request number or digest. */
  evidence: z
    .record(z.string(), z.string().min(1))
    .refine((evidence) => Object.keys(evidence).length > 0),
});

export function caOperations(parts: CaParts): readonly Operation[] {
  return [certificate(parts), revoke()];
}

function certificate(parts: CaParts): Operation {
  return operation({
    service: 'ca',
    name: 'certificate',
    priceFen: 200,
    input: certificateInput,
    handle: async (input, call) => {
      const csr = readCsr(Buffer.from(input.csr, 'base64'));
      if (csr === null)
        return refused('4001', 'certificate request is malformed or not signed by its key', {
          reason: 'CSR_INVALID',
        });
      const { holder } = input;
      if (holder.kind === 'PERSON') {
        const person = parts.people.byIdNumber(holder.idNumber, call.now);
        const agrees =
          (person.name === null || person.name === holder.name) &&
          !person.mismatch.includes('TWO_FACTOR');
        if (!agrees)
          return refused('4001', 'identity evidence does not agree with the registry', {
            reason: 'IDENTITY_MISMATCH',
          });
      }
      return issue(parts, input, csr, call);
    },
  });
}

function readCsr(der: Uint8Array): ParsedCsr | null {
  try {
    return parseCsr(der);
  } catch {
    return null;
  }
}

/** The holder's number stands in the certificate as a digest: a certificate is shown to others. */
function subjectNumber(holder: z.infer<typeof certificateInput>['holder']): string {
  return holder.kind === 'PERSON' ? sm3Hex(holder.idNumber).slice(0, 32) : holder.uscc;
}

/** The request may name what the certificate is for, in its serial number attribute. */
async function issue(
  parts: CaParts,
  input: z.infer<typeof certificateInput>,
  csr: ParsedCsr,
  call: Call,
): Promise<Outcome> {
  const serial = newSerial();
  const notBefore = new Date(call.now.getTime() - BACKDATE_MS);
  const notAfter = new Date(call.now.getTime() + LIFETIME_MS[input.kind]);
  const { holder } = input;
  const der = issueCertificate({
    csrPublicKey: csr.publicKey,
    subject: {
      country: 'CN',
      ...(holder.kind === 'ORGANISATION' ? { organization: holder.name } : {}),
      serialNumber: csr.subject.serialNumber ?? subjectNumber(holder),
      commonName: holder.name,
    },
    issuer: parts.authority.issuer,
    serial,
    notBefore,
    notAfter,
    ca: false,
    keyUsage: ['digitalSignature', 'nonRepudiation'],
    policyText: POLICY_TEXT,
  });
  const pem = toPem('CERTIFICATE', der);
  await call.tx.query(
    'insert into certificates (serial, request_no, kind, pem, issued_at) values ($1, $2, $3, $4, $5)',
    [serial, call.requestNo, input.kind, pem, call.now],
  );
  return found({
    serial,
    certificatePem: pem,
    chainPem: parts.authority.chainPem,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  });
}

function revoke(): Operation {
  return operation({
    service: 'ca',
    name: 'revoke',
    priceFen: 0,
    input: z.strictObject({
      requestNo: z.string(),
      serial: z.string().regex(/^[0-9a-f]{2,40}$/),
      reason: z.string().min(1).max(100),
    }),
    handle: async (input, call) => {
      const rows = await call.tx.query<{ revoked_at: Date }>(
        `update certificates set revoked_at = coalesce(revoked_at, $2), revocation_reason = coalesce(revocation_reason, $3)
         where serial = $1 returning revoked_at`,
        [input.serial, call.now, input.reason],
      );
      const row = rows.rows[0];
      return row === undefined
        ? noRecord('no such certificate')
        : found({ serial: input.serial, revokedAt: row.revoked_at.toISOString() });
    },
  });
}

/** The revocation list, DER, good for a day (GM/T 0034 asks for 24 hours at most). */
export async function revocationList(
  database: PGlite,
  authority: CertificateAuthority,
  now: Date,
): Promise<Buffer> {
  const rows = await database.query<{
    serial: string;
    revoked_at: Date;
    revocation_reason: string | null;
  }>(
    'select serial, revoked_at, revocation_reason from certificates where revoked_at is not null order by revoked_at, serial',
  );
  return createCrl({
    issuer: authority.issuer,
    // Seconds since 1970 grow with every list, as the number must.
    number: Math.floor(now.getTime() / 1000),
    thisUpdate: now,
    nextUpdate: new Date(now.getTime() + 86_400_000),
    revoked: rows.rows.map(({ serial, revoked_at: at, revocation_reason: said }) => {
      const reason = revocationReason(said ?? '');
      return reason === undefined ? { serial, at } : { serial, at, reason };
    }),
  });
}
