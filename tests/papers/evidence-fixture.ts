/** A whole evidence bundle without servers: authorities, a signed contract, a recording and a sealed chain of the tests' own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryDigest, linksOf, sealDigest, sealMessage } from '../../activities/audit/link.ts';
import { evidenceBundle } from '../../activities/evidence/files.ts';
import type { EvidenceMaterial } from '../../activities/evidence/material.ts';
import type { ChainableEntry } from '../../db/queries/audit-chain.ts';
import { NOTHING_BEFORE, sealText } from '../../domain/audit-chain.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { chunkMetaText } from '../../domain/recording.ts';
import { toPem } from '../../platform/crypto/pem.ts';
import { CHAIN_START, chainLink } from '../../platform/crypto/recording-chain.ts';
import { generateSm2KeyPair, sm2Sign } from '../../platform/crypto/sm2.ts';
import { createSm3, sm3, sm3Hex } from '../../platform/crypto/sm3.ts';
import { createTimestampQuery } from '../../platform/crypto/timestamp.ts';
import {
  createCrl,
  createRootCertificate,
  issueCertificate,
  type KeyUsage,
  type Revocation,
} from '../../platform/crypto/x509.ts';
import { stamp } from '../../sandbox/papers/time-stamp.ts';
import { loadTsaIdentity } from '../../sandbox/papers/tsa-certificates.ts';

export const T0 = new Date('2026-11-24T02:00:00Z');
/** Seconds after the first time stamp. */
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1_000);
export const APPLICATION = '0d6a4cda-4f6e-4c0c-9a55-6f5b3f0f7a11';
const CONTRACT = '1d6a4cda-4f6e-4c0c-9a55-6f5b3f0f7a12';
const AUTHORISATION = '2d6a4cda-4f6e-4c0c-9a55-6f5b3f0f7a13';
const RECORDING = '3d6a4cda-4f6e-4c0c-9a55-6f5b3f0f7a14';
const BUNDLE = '4d6a4cda-4f6e-4c0c-9a55-6f5b3f0f7a15';
const PDF = Buffer.from(`%PDF-1.7\n${'the contract as it was shown. '.repeat(200)}\n%%EOF\n`);

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

/** A root, an authority under it, and what they issue. */
export function createAuthority() {
  const rootKey = generateSm2KeyPair();
  const issuingKey = generateSm2KeyPair();
  const validity = { notBefore: after(-90 * 86_400), notAfter: after(10 * 365 * 86_400) };
  const root = createRootCertificate({
    subject: { commonName: 'Test Root', country: 'CN' },
    keyPair: rootKey,
    serial: '01',
    ...validity,
  });
  const issuing = issueCertificate({
    csrPublicKey: issuingKey.publicKey,
    subject: { commonName: 'Test Issuing', country: 'CN' },
    issuer: { certificate: root, privateKey: rootKey.privateKey },
    serial: '02',
    ...validity,
    ca: true,
    pathLength: 0,
    keyUsage: ['keyCertSign', 'cRLSign'],
  });
  const issuer = { certificate: issuing, privateKey: issuingKey.privateKey };
  return {
    rootPem: toPem('CERTIFICATE', root),
    /** Chain of a certificate, PEM, leaf first. */
    issue: (of: {
      publicKey: string;
      application?: string;
      notAfter?: Date;
      keyUsage?: readonly KeyUsage[];
    }) =>
      [
        issueCertificate({
          csrPublicKey: of.publicKey,
          subject: {
            country: 'CN',
            commonName: '张𠮷',
            serialNumber: of.application ?? APPLICATION,
          },
          issuer,
          serial: '5a01',
          notBefore: after(-3_600),
          notAfter: of.notAfter ?? after(86_400),
          ca: false,
          keyUsage: of.keyUsage ?? ['digitalSignature', 'nonRepudiation'],
        }),
        issuing,
        root,
      ].map((der) => toPem('CERTIFICATE', der)),
    crl: (revoked: readonly Revocation[] = []) =>
      createCrl({
        issuer,
        number: 7,
        thisUpdate: after(-600),
        nextUpdate: after(86_400),
        revoked,
      }),
  };
}

/** A chain of some entries of this loan among others, with a seal over its end. */
async function auditOf(
  stampAt: (imprint: Buffer, at: Date) => Promise<Buffer>,
): Promise<EvidenceMaterial['audit']> {
  const auditKey = generateSm2KeyPair();
  const entry = (id: number, mine: boolean): ChainableEntry => ({
    id,
    xid: String(id),
    at: `2026-11-24T02:00:0${id}.000000Z`,
    day: '2026-11-24',
    actor: mine ? 'applicant-1' : 'somebody-else',
    role: 'applicant',
    via: 'token',
    action: mine ? 'contract.sign' : 'application.view',
    subjectKind: 'contract',
    subjectId: mine ? CONTRACT : 'another',
    result: 'DONE',
    reason: null,
    origin: '10.0.0.0/24',
    requestId: null,
    detail: '{}',
  });
  const shown = new Set([3, 5]);
  const entries = [1, 2, 3, 4, 5, 6].map((id) => entry(id, shown.has(id)));
  const links = linksOf(undefined, entries);
  const last = links.at(-1);
  if (last === undefined) throw new Error('no links');
  const facts = {
    number: 1,
    day: last.day,
    position: last.position,
    value: last.value,
    previous: NOTHING_BEFORE,
  };
  const signature = sm2Sign(auditKey.privateKey, sealMessage(facts));
  const reply = await stampAt(sealDigest(facts, signature), after(3_600));
  const lines = [
    { after: 2, value: links[1]?.value },
    ...entries
      .slice(2)
      .map(({ xid: _x, day, ...one }) =>
        shown.has(one.id)
          ? { position: one.id, day, entry: one }
          : { position: one.id, sm3: entryDigest(one.id, day, one) },
      ),
    { seal: 1 },
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return {
    excerpt: () => once(Buffer.from(text)),
    proved: shown.size,
    unproved: 0,
    seals: [{ number: 1, keyId: 'audit-1', text: sealText(facts), signature, reply }],
    keys: new Map([['audit-1', auditKey.publicKey]]),
  };
}

/** The manifest of a recording of three chunks, as sealed; `order` puts them in another order. */
export function recordingManifest(contractSm3: string, order: readonly number[] = [0, 1, 2]) {
  let chain = CHAIN_START;
  const chunks = [0, 1, 2].map((number) => {
    const meta = {
      number,
      segment: 0,
      sizeBytes: 1_000 + number,
      fromMs: number * 1_000,
      toMs: (number + 1) * 1_000,
    };
    const digest = sm3Hex(`chunk ${number}`);
    chain = chainLink(chain, digest, chunkMetaText(meta));
    return { ...meta, sm3: digest, chainSm3: chain };
  });
  const ordered = order.map((at) => chunks[at]);
  return canonicalJson({
    format: 'xindai-recording-manifest/1',
    recordingId: RECORDING,
    contractId: CONTRACT,
    contractSm3,
    chunks: ordered,
    chainSm3: chain,
  });
}

export type Changes = Partial<EvidenceMaterial>;

export interface Fixture {
  readonly authority: ReturnType<typeof createAuthority>;
  readonly material: EvidenceMaterial;
  readonly sealKey: { readonly privateKey: string; readonly publicKey: string };
  readonly signerKey: { readonly privateKey: string; readonly publicKey: string };
  readonly stampAt: (imprint: Buffer, at: Date) => Promise<Buffer>;
  /** Signs, seals and stamps anew what is put under a digest. */
  signed(of: {
    readonly digest?: Buffer;
    readonly chainPem?: readonly string[];
    readonly signer?: { readonly privateKey: string; readonly publicKey: string };
    readonly beforeAt?: Date;
    readonly afterAt?: Date;
  }): Promise<Pick<EvidenceMaterial, 'signatures' | 'tokens'>>;
  /** A recording sealed by the lender. */
  recorded(text: string): Promise<EvidenceMaterial['recordings']>;
  /** The bundle as the house would build it from this material. */
  build(changes?: Changes): Promise<Buffer>;
  close(): Promise<void>;
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

export async function openFixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'xindai-evidence-'));
  const tsa = await loadTsaIdentity(folder, after(-90 * 86_400));
  const stampAt = (imprint: Buffer, at: Date) =>
    stamp(tsa, createTimestampQuery({ imprint, algorithm: 'SM3', nonce: Buffer.from([7]) }), at);
  const authority = createAuthority();
  const sealKey = generateSm2KeyPair();
  const signerKey = generateSm2KeyPair();
  const digest = sm3(PDF);

  const signed: Fixture['signed'] = async (of) => {
    const signer = of.signer ?? signerKey;
    const over = of.digest ?? digest;
    const digestSm3 = over.toString('hex');
    const applicant = sm2Sign(signer.privateKey, over);
    const lender = sm2Sign(sealKey.privateKey, over);
    const covered = createSm3().update(applicant).update(lender).digest();
    const at = (of.afterAt ?? after(3)).toISOString();
    const chainPem = of.chainPem ?? authority.issue({ publicKey: signer.publicKey });
    const common = { digestSm3, at };
    return {
      signatures: [
        {
          ...common,
          party: 'APPLICANT',
          signature: applicant,
          publicKey: signer.publicKey,
          chainPem,
        },
        {
          ...common,
          party: 'LENDER',
          signature: lender,
          publicKey: sealKey.publicKey,
          chainPem: [],
        },
      ],
      tokens: {
        before: await stampAt(over, of.beforeAt ?? T0),
        after: await stampAt(covered, of.afterAt ?? after(4)),
      },
    };
  };
  const recorded: Fixture['recorded'] = async (text) => [
    {
      id: RECORDING,
      state: 'PASSED',
      manifest: text,
      signature: sm2Sign(sealKey.privateKey, sm3(text)),
      token: await stampAt(sm3(text), after(-60)),
    },
  ];

  const words = '征信授权书\n本人同意……\n';
  const record = canonicalJson({ record: 'xindai-decision-1', outcome: 'APPROVE' });
  const material: EvidenceMaterial = {
    bundle: {
      id: BUNDLE,
      audience: 'STAFF',
      requestedAt: after(7_000),
      builtAt: after(7_100),
      madeBy: 'xindai test',
    },
    lender: { name: '测试贷款公司', uscc: '91330100MA27XXXX0X' },
    applicationId: APPLICATION,
    contract: {
      id: CONTRACT,
      number: 'XD20261124ABC',
      sm3: digest.toString('hex'),
      pdf: () => once(PDF),
    },
    offer: { amountFen: 1_000_000 },
    versions: { product: 'P@1' },
    otherPapers: [],
    ...(await signed({})),
    revocationList: authority.crl(),
    authorisations: [
      {
        id: AUTHORISATION,
        templateVersion: '1',
        state: 'AGREED',
        textSm3: sm3Hex(words),
        words,
        acts: ['PBOC_QUERY'],
        agreedAt: after(-3_600).toISOString(),
        validUntil: after(86_400).toISOString(),
      },
    ],
    ledger: [
      {
        authorisationId: AUTHORISATION,
        purpose: 'PBOC_QUERY',
        act: 'GRANT',
        textSm3: sm3Hex(words),
        at: after(-3_600).toISOString(),
      },
    ],
    intent: {
      shownSm3: digest.toString('hex'),
      signedSm3: digest.toString('hex'),
      signedAt: after(5).toISOString(),
      origin: '10.0.0.0/24',
      requestId: 'r1',
      identityChecks: { FACE: 'face-1' },
      device: null,
      signing: {
        digestSm3: digest.toString('hex'),
        codeSentAt: after(-90).toISOString(),
        confirmedAt: after(-30).toISOString(),
        codeTries: 1,
        pages: [{ page: 1, dwellMs: 9_000 }],
        device: 'phone',
        address: '10.0.0.7',
        userAgent: null,
      },
      acts: [],
    },
    decisions: [
      {
        round: 1,
        outcome: 'APPROVE',
        recordSm3: sm3Hex(record),
        inputSm3: sm3Hex('input'),
        at: after(-100).toISOString(),
        text: record,
      },
    ],
    recordings: await recorded(recordingManifest(digest.toString('hex'))),
    audit: await auditOf(stampAt),
    trust: {
      caRootsPem: [authority.rootPem],
      tsaCertificatesPem: [tsa.certificatePem],
      sealPublicKey: sealKey.publicKey,
    },
  };
  const sealer = {
    sign: (over: Buffer) => sm2Sign(sealKey.privateKey, over),
    stamp: (imprint: Buffer) => stampAt(imprint, after(7_200)),
  };
  return {
    authority,
    material,
    sealKey,
    signerKey,
    stampAt,
    signed,
    recorded,
    build: (changes = {}) => bytesOf(evidenceBundle({ ...material, ...changes }, sealer)),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
