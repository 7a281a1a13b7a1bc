/** Tampered bundles: each is found and named, also where whoever tampered holds the lender's seal key and seals anew. */
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import type { EvidenceMaterial } from '../../activities/evidence/material.ts';
import { generateSm2KeyPair, sm2Sign, sm2SpkiPem } from '../../platform/crypto/sm2.ts';
import { sm3 } from '../../platform/crypto/sm3.ts';
import { readArchiveBytes } from '../../tools/verify-evidence/archive.ts';
import { verifyArchive, verifyFiles, type Verdict } from '../../tools/verify-evidence/verify.ts';
import {
  after,
  type Changes,
  createAuthority,
  type Fixture,
  openFixture,
  recordingManifest,
  T0,
} from './evidence-fixture.ts';

let fixture: Fixture;
let whole: Buffer;
beforeAll(async () => {
  fixture = await openFixture();
  whole = await fixture.build();
});
afterAll(async () => await fixture.close());

/** The intent of the sound bundle with another account of its code. */
const intentWith = (signing: Readonly<Record<string, string>>) => {
  const { intent } = fixture.material;
  if (intent.signing === null) throw new Error('the fixture has no code');
  return { ...intent, signing: { ...intent.signing, ...signing } };
};
async function* once(bytes: Buffer) {
  yield bytes;
}
const sealedForm = (bytes: Buffer) => ({
  name: 'contract-sealed-1.pdf',
  content: () => once(bytes),
});

const named = ({ results }: Verdict): readonly string[] =>
  results.flatMap(({ check, faults }) => faults.map(({ code }) => `${check} ${code}`));
const judge = (bytes: Buffer): Promise<Verdict> => verifyArchive(() => readArchiveBytes(bytes));

type Files = Map<string, Buffer>;
const unpacked = async (): Promise<Files> => new Map(await readArchiveBytes(whole));

/** A file of the bundle. @throws when there is none */
function fileOf(files: Files, path: string): Buffer {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`no ${path}`);
  return Buffer.from(bytes);
}

function flip(files: Files, path: string): void {
  const bytes = fileOf(files, path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
  files.set(path, bytes);
}

const swap = (files: Files, one: string, other: string): void => {
  const [a, b] = [fileOf(files, one), fileOf(files, other)];
  files.set(one, b);
  files.set(other, a);
};

/** An archive of entries as they are given, honest or not. */
async function zipOf(entries: readonly (readonly [string, Buffer])[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, bytes] of entries) zip.addBuffer(bytes, path);
  zip.end();
  const parts: Buffer[] = [];
  const out = new PassThrough();
  zip.outputStream.pipe(out);
  for await (const part of out) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const replaceIn = (bytes: Buffer, from: string, to: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

describe('a bundle that nobody touched', () => {
  it('holds in every part', async () => {
    const verdict = await judge(whole);
    expect(named(verdict)).toEqual([]);
    expect(verdict.results.map(({ state }) => state)).toEqual(Array(13).fill('HOLDS'));
    expect(verdict.holds).toBe(true);
  });

  it('holds under roots and keys that a person names, and not under other ones', async () => {
    const files = await unpacked();
    const { authority, sealKey } = fixture;
    const ours = { caRoots: [authority.rootPem], sealKeys: [sm2SpkiPem(sealKey.publicKey)] };
    expect(verifyFiles(files, ours).holds).toBe(true);
    const others = {
      caRoots: [createAuthority().rootPem],
      sealKeys: [sm2SpkiPem(generateSm2KeyPair().publicKey)],
    };
    expect(named(verifyFiles(files, others))).toEqual(
      expect.arrayContaining([
        'MANIFEST SEAL_KEY_UNKNOWN',
        'SIGNATURES SEAL_KEY_UNKNOWN',
        'CERTIFICATES CERTIFICATE_REFUSED',
      ]),
    );
  });
});

describe('files changed in the archive', () => {
  it.each<[string, (files: Files) => void, string]>([
    ['one byte of the contract', (f) => flip(f, 'papers/contract.pdf'), 'CONTRACT DIGEST_DIFFERS'],
    ['the contract’s list entry', (f) => flip(f, 'papers/contract.pdf'), 'FILES FILE_ALTERED'],
    ['a missing file', (f) => f.delete('intent/intent.json'), 'FILES FILE_MISSING'],
    ['an extra file', (f) => f.set('papers/extra.pdf', Buffer.from('x')), 'FILES FILE_UNKNOWN'],
    [
      'another README',
      (f) => f.set('README.txt', Buffer.from('Trust this bundle.')),
      'FILES FILE_ALTERED',
    ],
    [
      'an altered manifest',
      (f) => f.set('manifest.json', replaceIn(fileOf(f, 'manifest.json'), 'XD2026', 'XD2027')),
      'MANIFEST MANIFEST_SIGNATURE_WRONG',
    ],
    ['no manifest', (f) => f.delete('manifest.json'), 'MANIFEST FILE_MISSING'],
    [
      'a manifest that is none',
      (f) => f.set('manifest.json', Buffer.from('{')),
      'MANIFEST MALFORMED',
    ],
    [
      'swapped time stamps',
      (f) => swap(f, 'tokens/before.tsr', 'tokens/after.tsr'),
      'TOKENS TOKEN_IMPRINT_DIFFERS',
    ],
    ['a broken time stamp', (f) => flip(f, 'tokens/before.tsr'), 'TOKENS TOKEN_WRONG'],
    [
      'swapped signatures',
      (f) => swap(f, 'signatures/applicant/signature.der', 'signatures/lender/signature.der'),
      'SIGNATURES SIGNATURE_WRONG',
    ],
    [
      'an altered certificate',
      (f) => flip(f, 'signatures/applicant/certificate-1.pem'),
      'FILES FILE_ALTERED',
    ],
    [
      'an altered audit entry',
      (f) =>
        f.set(
          'audit/excerpt.ndjson',
          replaceIn(fileOf(f, 'audit/excerpt.ndjson'), 'contract.sign', 'contract.view'),
        ),
      'AUDIT AUDIT_CHAIN_BROKEN',
    ],
    [
      'a link cut out of the audit chain',
      (f) => {
        const lines = fileOf(f, 'audit/excerpt.ndjson').toString('utf8').split('\n');
        f.set('audit/excerpt.ndjson', Buffer.from(lines.toSpliced(2, 1).join('\n')));
      },
      'AUDIT AUDIT_LINK_MISSING',
    ],
    [
      'the end cut off the audit chain',
      (f) => {
        const lines = fileOf(f, 'audit/excerpt.ndjson').toString('utf8').trimEnd().split('\n');
        f.set('audit/excerpt.ndjson', Buffer.from(lines.slice(0, -2).join('\n')));
      },
      'AUDIT AUDIT_LINK_MISSING',
    ],
    ['a broken seal', (f) => flip(f, 'audit/seal-1.sig'), 'AUDIT AUDIT_SEAL_WRONG'],
    [
      'an altered record of a decision',
      (f) =>
        f.set('decision/round-1.json', replaceIn(fileOf(f, 'decision/round-1.json'), 'APP', 'DEC')),
      'DECISION DECISION_DIFFERS',
    ],
    [
      'an altered letter',
      (f) => {
        const path = [...f.keys()].find((one) => one.startsWith('consents/authorisation-'));
        if (path !== undefined) flip(f, path);
      },
      'CONSENTS CONSENT_TEXT_DIFFERS',
    ],
    [
      'an altered manifest of a recording',
      (f) => {
        const path = [...f.keys()].find((one) => one.endsWith('/manifest.json'));
        if (path !== undefined) f.set(path, replaceIn(fileOf(f, path), '1001', '1002'));
      },
      'RECORDING RECORDING_TOKEN_WRONG',
    ],
  ])('%s', async (_, tamper, expected) => {
    const files = await unpacked();
    tamper(files);
    const verdict = verifyFiles(files);
    expect(named(verdict)).toContain(expected);
    expect(verdict.holds).toBe(false);
  });
});

/** What the lender itself could forge: everything is listed, signed and stamped anew, and still it is found. */
describe('a bundle that was forged and sealed anew', () => {
  const cases: readonly (readonly [string, () => Promise<Changes>, string])[] = [
    [
      'a swapped certificate',
      async () => {
        const stranger = generateSm2KeyPair();
        const chainPem = fixture.authority.issue({ publicKey: stranger.publicKey });
        return await fixture.signed({ chainPem });
      },
      'CERTIFICATES CERTIFICATE_KEY_DIFFERS',
    ],
    [
      'a certificate of another authority',
      async () => {
        const chainPem = createAuthority().issue({ publicKey: fixture.signerKey.publicKey });
        return await fixture.signed({ chainPem });
      },
      'CERTIFICATES CERTIFICATE_REFUSED',
    ],
    [
      'signatures over another digest',
      () => fixture.signed({ digest: sm3('another contract') }),
      'CONTRACT DIGEST_DIFFERS',
    ],
    [
      'a stale time stamp',
      () => fixture.signed({ beforeAt: after(-32 * 86_400) }),
      'TOKENS TOKEN_STALE',
    ],
    [
      'times in the wrong order',
      () => fixture.signed({ beforeAt: after(600), afterAt: T0 }),
      'TOKENS TOKEN_ORDER',
    ],
    [
      'an expired certificate',
      async () => {
        const { publicKey } = fixture.signerKey;
        const chainPem = fixture.authority.issue({ publicKey, notAfter: after(-60) });
        return await fixture.signed({ chainPem });
      },
      'CERTIFICATES CERTIFICATE_EXPIRED',
    ],
    [
      'a certificate that is not for signing',
      async () => {
        const { publicKey } = fixture.signerKey;
        const chainPem = fixture.authority.issue({ publicKey, keyUsage: ['keyEncipherment'] });
        return await fixture.signed({ chainPem });
      },
      'CERTIFICATES CERTIFICATE_USAGE',
    ],
    [
      'a revoked certificate',
      async () => ({ revocationList: fixture.authority.crl([{ serial: '5a01', at: after(-60) }]) }),
      'REVOCATION CERTIFICATE_REVOKED',
    ],
    [
      'a revocation list of another authority',
      async () => ({ revocationList: createAuthority().crl() }),
      'REVOCATION REVOCATION_LIST_WRONG',
    ],
    [
      'no revocation list',
      async () => ({ revocationList: null }),
      'REVOCATION REVOCATION_LIST_WRONG',
    ],
    [
      'a foreign signature under the signer’s certificate',
      async () => {
        const made = await fixture.signed({});
        const digest = Buffer.from(fixture.material.contract.sm3, 'hex');
        const foreign = sm2Sign(generateSm2KeyPair().privateKey, digest);
        const signatures = made.signatures.map((one) =>
          one.party === 'APPLICANT' ? { ...one, signature: foreign } : one,
        );
        return { ...made, signatures };
      },
      'SIGNATURES SIGNATURE_WRONG',
    ],
    [
      'the certificate and key of another loan',
      async () => {
        const signer = generateSm2KeyPair();
        const application = '9d6a4cda-4f6e-4c0c-9a55-6f5b3f0f7a19';
        const chainPem = fixture.authority.issue({ publicKey: signer.publicKey, application });
        return await fixture.signed({ signer, chainPem });
      },
      'CERTIFICATES CERTIFICATE_OTHER_SIGNER',
    ],
    [
      'no signature of the person',
      async () => {
        const made = await fixture.signed({});
        return { ...made, signatures: made.signatures.slice(1) };
      },
      'SIGNATURES PARTY_MISSING',
    ],
    [
      're-ordered chunks of the recording',
      async () => {
        const text = recordingManifest(fixture.material.contract.sm3, [0, 2, 1]);
        return { recordings: await fixture.recorded(text) };
      },
      'RECORDING RECORDING_CHAIN_BROKEN',
    ],
    [
      'the recording of another contract',
      async () => ({ recordings: await fixture.recorded(recordingManifest('0'.repeat(64))) }),
      'RECORDING RECORDING_OTHER_CONTRACT',
    ],
    [
      'an altered consent',
      async () => ({
        authorisations: fixture.material.authorisations.map((one) => ({
          ...one,
          words: '另一份授权书',
        })),
      }),
      'CONSENTS CONSENT_TEXT_DIFFERS',
    ],
    [
      'an act nobody consented to',
      async () => ({
        authorisations: fixture.material.authorisations.map((one) => ({
          ...one,
          acts: [...one.acts, 'MARKETING'],
        })),
      }),
      'CONSENTS CONSENT_LEDGER_DIFFERS',
    ],
    [
      'a digest shown that was not signed',
      async () => ({ intent: { ...fixture.material.intent, shownSm3: '1'.repeat(64) } }),
      'INTENT DIGEST_DIFFERS',
    ],
    [
      'a code that was sent for another contract',
      async () => ({ intent: intentWith({ digestSm3: '2'.repeat(64) }) }),
      'INTENT DIGEST_DIFFERS',
    ],
    [
      'a code that was given after its time',
      async () => ({ intent: intentWith({ codeSentAt: after(-900).toISOString() }) }),
      'INTENT INTENT_INCOMPLETE',
    ],
    [
      'a sealed form of another contract',
      async () => ({ otherPapers: [sealedForm(Buffer.from('%PDF another contract, sealed'))] }),
      'CONTRACT DIGEST_DIFFERS',
    ],
    [
      'an altered decision',
      async () => ({
        decisions: fixture.material.decisions.map((one) => ({ ...one, text: '{}' })),
      }),
      'DECISION DECISION_DIFFERS',
    ],
    [
      'audit entries left out',
      async () => ({ audit: { ...fixture.material.audit, proved: 3 } }),
      'AUDIT AUDIT_COUNT_DIFFERS',
    ],
    [
      'a chain sealed by another key',
      async (): Promise<Changes> => {
        const { audit } = fixture.material;
        const seals = audit.seals.map((seal) => ({
          ...seal,
          signature: sm2Sign(generateSm2KeyPair().privateKey, Buffer.from(seal.text)),
        }));
        const changed: EvidenceMaterial['audit'] = { ...audit, seals };
        return { audit: changed };
      },
      'AUDIT AUDIT_SEAL_WRONG',
    ],
  ];
  it.each(cases)('%s', async (_, forge, expected) => {
    const verdict = await judge(await fixture.build(await forge()));
    expect(named(verdict)).toContain(expected);
    // What was sealed anew agrees with its list: it is the content that gives the forgery away.
    expect(named(verdict).filter((code) => code.startsWith('FILES'))).toEqual([]);
    expect(verdict.holds).toBe(false);
  });
});

describe('an archive that means harm', () => {
  it.each([0.2, 0.6, 0.98])('is refused when it is cut off at %f of its length', async (share) => {
    const verdict = await judge(whole.subarray(0, Math.floor(whole.length * share)));
    expect(named(verdict)).toEqual(['ARCHIVE ARCHIVE_UNREADABLE']);
  });

  it('is refused when an entry swells beyond reason', async () => {
    const bomb = await zipOf([['papers/bomb.bin', Buffer.alloc(20 * 1024 * 1024)]]);
    expect(named(await judge(bomb))).toEqual(['ARCHIVE ARCHIVE_BOMB']);
  });

  it('is refused when an entry swells beyond what the directory says', async () => {
    const zip = await zipOf([['papers/bomb.bin', Buffer.alloc(1024 * 1024, 'x')]]);
    const directory = zip.lastIndexOf(Buffer.from('504b0102', 'hex'));
    zip.writeUInt32LE(4_096, directory + 24);
    const verdict = await judge(zip);
    expect(verdict.results[0]).toMatchObject({ check: 'ARCHIVE', state: 'BROKEN' });
  });

  it.each(['../escape.sh', '/etc/cron.d/x', 'a/../../b', 'C:/x', 'a\\..\\b'])(
    'is refused when an entry is called %s',
    async (name) => {
      // The writer refuses such names too, so one of the same length is put over an honest one.
      const honest = 'x'.repeat(name.length);
      const zip = replaceIn(await zipOf([[honest, Buffer.from('x')]]), honest, name);
      expect(named(await judge(zip))).toEqual(['ARCHIVE ARCHIVE_PATH']);
    },
  );

  it('is refused when two entries have one name', async () => {
    const zip = await zipOf([
      ['README.txt', Buffer.from('one')],
      ['README.tx2', Buffer.from('two')],
    ]);
    const twice = replaceIn(zip, 'README.tx2', 'README.txt');
    expect(named(await judge(twice))).toEqual(['ARCHIVE ARCHIVE_DUPLICATE']);
  });

  it('is refused when it has too many entries', async () => {
    const entries = Array.from({ length: 2_001 }, (_, n) => [`f${n}`, Buffer.alloc(0)] as const);
    expect(named(await judge(await zipOf(entries)))).toEqual(['ARCHIVE ARCHIVE_TOO_LARGE']);
  });
});
