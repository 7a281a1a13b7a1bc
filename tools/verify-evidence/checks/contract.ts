/** The contract: one digest throughout, every signature, the certificates behind them, and when all of it was. */
import { EVIDENCE_PATHS as PATHS } from '../../../domain/evidence.ts';
import { fromPem } from '../../../platform/crypto/pem.ts';
import { createSm3, sm3 } from '../../../platform/crypto/sm3.ts';
import {
  type ChainRefusal,
  parseCertificate,
  verifyCertificateChain,
} from '../../../platform/crypto/x509.ts';
import { type Bundle, type Manifest, publicKeyOf, signedBy } from '../bundle.ts';
import { BundleFault, type Fault, type FaultCode } from '../findings.ts';
import { stampedAt } from '../stamps.ts';

/** The contract with visible seal and signature for PDF readers. */
const SEALED_PAPER = 'papers/contract-sealed-';

type Signature = Manifest['signatures'][number];

/** Clocks of the house and of the authority may differ by this much. */
const CLOCKS_MS = 5 * 60_000;
/** The first stamp is made when the contract is offered for signing, and no offer stands for longer than a month. */
const SIGNING_MS = 31 * 86_400_000;

export function checkContract(bundle: Bundle): readonly Fault[] {
  const { manifest } = bundle;
  const digest = sm3(bundle.file(PATHS.contract)).toString('hex');
  const faults: Fault[] = [];
  if (digest !== manifest.contractSm3)
    faults.push({ code: 'DIGEST_DIFFERS', place: PATHS.contract });
  for (const { path } of manifest.files.filter((one) => one.path.startsWith(SEALED_PAPER))) {
    const sealed = bundle.file(path);
    const shown = bundle.file(PATHS.contract);
    // The sealed form only adds to what was signed: its first bytes are the signed ones.
    if (!sealed.subarray(0, shown.length).equals(shown) || sealed.length === shown.length)
      faults.push({ code: 'DIGEST_DIFFERS', place: path });
  }
  for (const one of manifest.signatures)
    if (one.digestSm3 !== digest) faults.push({ code: 'DIGEST_DIFFERS', place: one.signature });
  return faults;
}

const signingKey = (bundle: Bundle, one: Signature): string =>
  publicKeyOf(bundle.file(one.publicKey), one.publicKey);

export function checkSignatures(bundle: Bundle): readonly Fault[] {
  const { manifest, trust } = bundle;
  const digest = sm3(bundle.file(PATHS.contract));
  const faults: Fault[] = [];
  for (const party of ['APPLICANT', 'LENDER'])
    if (!manifest.signatures.some((one) => one.party === party))
      faults.push({ code: 'PARTY_MISSING', place: party });
  for (const one of manifest.signatures) {
    const key = signingKey(bundle, one);
    if (!signedBy(key, digest, bundle.file(one.signature)))
      faults.push({ code: 'SIGNATURE_WRONG', place: one.signature });
    // The lender's seal has no certificate: it is believed by its published key.
    if (one.party === 'LENDER' && !trust.sealKeys.includes(key))
      faults.push({ code: 'SEAL_KEY_UNKNOWN', place: one.publicKey });
  }
  return faults;
}

/** When the second time stamp says that the signatures existed: what certificates are judged at. */
function signedAt(bundle: Bundle): Date {
  const covered = createSm3();
  for (const one of bundle.manifest.signatures) covered.update(bundle.file(one.signature));
  return stampedAt(bundle, {
    imprint: covered.digest(),
    token: PATHS.tokenAfter,
    code: 'TOKEN_WRONG',
  });
}

export function checkTokens(bundle: Bundle): readonly Fault[] {
  const imprint = sm3(bundle.file(PATHS.contract));
  const before = stampedAt(bundle, { imprint, token: PATHS.tokenBefore, code: 'TOKEN_WRONG' });
  const after = signedAt(bundle);
  const faults: Fault[] = [];
  const order = (place: string) => faults.push({ code: 'TOKEN_ORDER', place });
  if (before > after) order(PATHS.tokenAfter);
  if (after.getTime() - before.getTime() > SIGNING_MS)
    faults.push({ code: 'TOKEN_STALE', place: PATHS.tokenBefore });
  for (const { at, signature } of bundle.manifest.signatures) {
    const made = Date.parse(at);
    if (made < before.getTime() - CLOCKS_MS || made > after.getTime() + CLOCKS_MS) order(signature);
  }
  return faults;
}

function chainOf(bundle: Bundle, one: Signature): readonly Buffer[] {
  return one.certificates.map((path) => {
    const pem = bundle.file(path).toString('utf8');
    try {
      return fromPem('CERTIFICATE', pem);
    } catch {
      throw new BundleFault('MALFORMED', path);
    }
  });
}

const withCertificates = ({ manifest }: Bundle): readonly Signature[] =>
  manifest.signatures.filter(({ party }) => party !== 'LENDER');

/** What is wrong with the certificate of one signer, apart from revocation. */
function judgeCertificate(bundle: Bundle, one: Signature, at: Date): Fault | null {
  const [leaf, ...above] = chainOf(bundle, one);
  const place = one.certificates[0] ?? one.signature;
  if (leaf === undefined) return { code: 'CERTIFICATE_MISSING', place };
  const verdict = verifyCertificateChain(
    leaf,
    above,
    bundle.trust.caRoots,
    at,
    undefined,
    signedBy,
  );
  if (!verdict.ok) {
    const { reason } = verdict;
    const expired = reason === 'EXPIRED' || reason === 'NOT_YET_VALID';
    return { code: expired ? 'CERTIFICATE_EXPIRED' : 'CERTIFICATE_REFUSED', place, reason };
  }
  const certificate = parseCertificate(leaf);
  if (certificate.publicKey !== signingKey(bundle, one))
    return { code: 'CERTIFICATE_KEY_DIFFERS', place };
  const { keyUsage, ca } = certificate.extensions;
  const signs = keyUsage.includes('digitalSignature') || keyUsage.includes('nonRepudiation');
  if (ca || !signs) return { code: 'CERTIFICATE_USAGE', place };
  // The house has the application written into every certificate it asks for, so that it fits no other contract.
  return certificate.subject.serialNumber === bundle.manifest.applicationId
    ? null
    : { code: 'CERTIFICATE_OTHER_SIGNER', place };
}

export function checkCertificates(bundle: Bundle): readonly Fault[] {
  const at = signedAt(bundle);
  return withCertificates(bundle)
    .map((one) => judgeCertificate(bundle, one, at))
    .filter((fault) => fault !== null);
}

const CODE_OF: Partial<Readonly<Record<ChainRefusal, FaultCode>>> = {
  REVOKED: 'CERTIFICATE_REVOKED',
  CRL_MISSING: 'REVOCATION_LIST_WRONG',
  CRL_WRONG: 'REVOCATION_LIST_WRONG',
  CRL_EXPIRED: 'REVOCATION_LIST_WRONG',
  MALFORMED: 'REVOCATION_LIST_WRONG',
};

export function checkRevocation(bundle: Bundle): readonly Fault[] {
  const at = signedAt(bundle);
  const path = bundle.manifest.revocationList;
  if (path === null)
    return [{ code: 'REVOCATION_LIST_WRONG', place: PATHS.revocationList, reason: 'NONE' }];
  const list = bundle.file(path);
  const faults: Fault[] = [];
  for (const one of withCertificates(bundle)) {
    const [leaf, ...above] = chainOf(bundle, one);
    if (leaf === undefined) continue;
    const { caRoots } = bundle.trust;
    const verdict = verifyCertificateChain(leaf, above, caRoots, at, [list], signedBy);
    const code = verdict.ok ? undefined : CODE_OF[verdict.reason];
    if (verdict.ok || code === undefined) continue;
    const place = code === 'CERTIFICATE_REVOKED' ? (one.certificates[0] ?? path) : path;
    faults.push({ code, place, reason: verdict.reason });
  }
  return faults;
}
