/** A bundle as the checks see it: its files, its manifest parsed, and whom the verifier believes. */
import { z } from 'zod';
import { EVIDENCE_AUDIENCES, EVIDENCE_FORMAT, EVIDENCE_PATHS } from '../../domain/evidence.ts';
import { allFromPem } from '../../platform/crypto/pem.ts';
import { secondOpinionVerify } from '../../platform/crypto/second-opinion.ts';
import { sm2PublicKeyFromSpki, sm2Verify } from '../../platform/crypto/sm2.ts';
import { BundleFault } from './findings.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const path = z.string().max(200);
const instant = z.iso.datetime();

const manifestForm = z.object({
  format: z.literal(EVIDENCE_FORMAT),
  bundleId: z.uuid(),
  audience: z.enum(EVIDENCE_AUDIENCES),
  applicationId: z.uuid(),
  contractId: z.uuid(),
  contractNumber: z.string(),
  contractSm3: digest,
  lender: z.object({ name: z.string(), uscc: z.string() }),
  madeBy: z.string(),
  requestedAt: instant,
  builtAt: instant,
  sealKey: path,
  signatures: z.array(
    z.object({
      party: z.string(),
      digestSm3: digest,
      at: instant,
      signature: path,
      publicKey: path,
      certificates: z.array(path).max(6),
    }),
  ),
  revocationList: path.nullable(),
  recordings: z.array(
    z.object({
      id: z.uuid(),
      state: z.string(),
      manifest: path.nullable(),
      signature: path.nullable(),
      token: path.nullable(),
    }),
  ),
  audit: z.object({
    proved: z.number().int().min(0),
    unproved: z.number().int().min(0),
    seals: z.array(
      z.object({
        number: z.number().int(),
        keyId: z.string(),
        text: path,
        signature: path,
        token: path,
      }),
    ),
    keys: z.record(z.string(), path),
  }),
  files: z.array(z.object({ path, sm3: digest, size: z.number().int().min(0) })),
});
export type Manifest = z.infer<typeof manifestForm>;

/** Whom the verifier believes; nothing secret. `given` says that a person named it, not the bundle. */
export interface Trust {
  readonly caRoots: readonly Buffer[];
  readonly stampersPem: readonly string[];
  /** SM2 public keys, 130 hexadecimal digits. */
  readonly sealKeys: readonly string[];
  readonly auditKeys: readonly string[];
  readonly given: {
    readonly caRoots: boolean;
    readonly stampers: boolean;
    readonly sealKeys: boolean;
    readonly auditKeys: boolean;
  };
}

/** PEM texts a person named instead of those in the bundle. */
export interface GivenTrust {
  readonly caRoots?: readonly string[] | undefined;
  readonly stampers?: readonly string[] | undefined;
  readonly sealKeys?: readonly string[] | undefined;
  readonly auditKeys?: readonly string[] | undefined;
}

export interface Bundle {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly manifest: Manifest;
  readonly trust: Trust;
  /** @throws BundleFault FILE_MISSING */
  file(path: string): Buffer;
  /** A JSON file of a form. @throws BundleFault FILE_MISSING, MALFORMED */
  json<T>(path: string, form: z.ZodType<T>): T;
}

/** The JSON value of a file, parsed. @throws BundleFault MALFORMED */
function parseJson<T>(bytes: Buffer, form: z.ZodType<T>, place: string): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new BundleFault('MALFORMED', place);
  }
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BundleFault('MALFORMED', place, parsed.error.issues[0]?.path.join('.'));
}

/** The key of a PEM file. @throws BundleFault MALFORMED */
export function publicKeyOf(pem: Buffer | string, place: string): string {
  try {
    return sm2PublicKeyFromSpki(pem.toString('utf8'));
  } catch {
    throw new BundleFault('MALFORMED', place);
  }
}

const BEGIN_CERTIFICATE = '-----BEGIN CERTIFICATE-----';
const eachCertificate = (text: string): readonly string[] =>
  text
    .split(BEGIN_CERTIFICATE)
    .slice(1)
    .map((rest) => BEGIN_CERTIFICATE + rest);

function trustOf(files: ReadonlyMap<string, Buffer>, manifest: Manifest, given: GivenTrust): Trust {
  const own = (at: string): string => files.get(at)?.toString('utf8') ?? '';
  const keys = (named: readonly string[] | undefined, paths: readonly string[]) =>
    named?.map((pem) => publicKeyOf(pem, 'option')) ?? paths.map((at) => publicKeyOf(own(at), at));
  return {
    caRoots: (given.caRoots ?? [own(EVIDENCE_PATHS.trustedRoots)]).flatMap((pem) =>
      allFromPem('CERTIFICATE', pem),
    ),
    stampersPem: (given.stampers ?? [own(EVIDENCE_PATHS.trustedStampers)]).flatMap(eachCertificate),
    sealKeys: keys(given.sealKeys, [manifest.sealKey]),
    auditKeys: keys(given.auditKeys, Object.values(manifest.audit.keys)),
    given: {
      caRoots: given.caRoots !== undefined,
      stampers: given.stampers !== undefined,
      sealKeys: given.sealKeys !== undefined,
      auditKeys: given.auditKeys !== undefined,
    },
  };
}

/** @throws BundleFault FILE_MISSING or MALFORMED when there is no manifest to begin with */
export function openBundle(files: ReadonlyMap<string, Buffer>, given: GivenTrust): Bundle {
  const file = (at: string): Buffer => {
    const bytes = files.get(at);
    if (bytes === undefined) throw new BundleFault('FILE_MISSING', at);
    return bytes;
  };
  const json = <T>(at: string, form: z.ZodType<T>): T => parseJson(file(at), form, at);
  const manifest = json(EVIDENCE_PATHS.manifest, manifestForm);
  return { files, manifest, trust: trustOf(files, manifest, given), file, json };
}

/**
 * Whether the key made the signature, by sm-crypto, which did not make it; ours is asked as well.
 * @throws BundleFault IMPLEMENTATIONS_DIFFER
 */
export function signedBy(publicKey: string, data: Uint8Array, signature: Uint8Array): boolean {
  const verdict = secondOpinionVerify(publicKey, data, signature);
  if (sm2Verify(publicKey, data, signature) !== verdict)
    throw new BundleFault('IMPLEMENTATIONS_DIFFER', 'SM2');
  return verdict;
}
