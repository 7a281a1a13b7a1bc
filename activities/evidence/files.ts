/** The files of an evidence bundle, in their order, and what the manifest says of them. */
import {
  EVIDENCE_FORMAT,
  EVIDENCE_PATHS as PATHS,
  type EvidenceAuthorisation,
  type EvidenceFileEntry,
  type EvidenceManifest,
  type EvidenceSeal,
  type EvidenceSignature,
} from '../../domain/evidence.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { sm2SpkiPem } from '../../platform/crypto/sm2.ts';
import { sm3 } from '../../platform/crypto/sm3.ts';
import { type BundleFile, writeBundle } from './bundle.ts';
import type { EvidenceMaterial, MaterialSignature } from './material.ts';
import { evidenceReadme } from './readme.ts';

/** The path of a key under `trust/`, named by its own digest, so that two keys never share a file. */
const keyPath = (use: 'seal' | 'audit', publicKey: string): string =>
  `trust/${use}-${sm3(publicKey).toString('hex').slice(0, 16)}.pem`;

const folderOf = ({ party }: MaterialSignature): string =>
  `signatures/${party.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;

const signatureEntry = (of: MaterialSignature): EvidenceSignature => ({
  party: of.party,
  digestSm3: of.digestSm3,
  at: of.at,
  signature: `${folderOf(of)}/signature.der`,
  publicKey: `${folderOf(of)}/public-key.pem`,
  certificates: of.chainPem.map((_, at) => `${folderOf(of)}/certificate-${at + 1}.pem`),
});

function signatureFiles(of: MaterialSignature): readonly BundleFile[] {
  const entry = signatureEntry(of);
  return [
    { path: entry.signature, content: of.signature },
    { path: entry.publicKey, content: sm2SpkiPem(of.publicKey) },
    ...entry.certificates.map((path, at) => ({ path, content: of.chainPem[at] ?? '' })),
  ];
}

const authorisationPath = (id: string): string => `consents/authorisation-${id}.txt`;
const authorisationEntry = (
  of: EvidenceMaterial['authorisations'][number],
): EvidenceAuthorisation => ({
  id: of.id,
  templateVersion: of.templateVersion,
  state: of.state,
  textSm3: of.textSm3,
  text: authorisationPath(of.id),
  acts: of.acts,
  agreedAt: of.agreedAt,
  validUntil: of.validUntil,
});
const decisionPath = (round: number): string => `decision/round-${round}.json`;

const recordingEntry = ({ id, state, manifest }: EvidenceMaterial['recordings'][number]) => {
  const at = (name: string) => (manifest === null ? null : `recordings/${id}/${name}`);
  return {
    id,
    state,
    manifest: at('manifest.json'),
    signature: at('manifest.sig'),
    token: at('manifest.tsr'),
  };
};

function recordingFiles(of: EvidenceMaterial['recordings'][number]): readonly BundleFile[] {
  const { manifest, signature, token } = recordingEntry(of);
  if (manifest === null || signature === null || token === null) return [];
  return [
    { path: manifest, content: of.manifest ?? '' },
    { path: signature, content: of.signature ?? Buffer.alloc(0) },
    { path: token, content: of.token ?? Buffer.alloc(0) },
  ];
}

const sealEntry = (of: EvidenceMaterial['audit']['seals'][number]): EvidenceSeal => ({
  number: of.number,
  keyId: of.keyId,
  text: `audit/seal-${of.number}.txt`,
  signature: `audit/seal-${of.number}.sig`,
  token: `audit/seal-${of.number}.tsr`,
});

function auditFiles({ excerpt, seals, keys }: EvidenceMaterial['audit']): readonly BundleFile[] {
  return [
    { path: PATHS.auditExcerpt, content: excerpt },
    ...seals.flatMap((seal) => [
      { path: sealEntry(seal).text, content: seal.text },
      { path: sealEntry(seal).signature, content: seal.signature },
      { path: sealEntry(seal).token, content: seal.reply },
    ]),
    ...[...new Set(keys.values())].map((key) => ({
      path: keyPath('audit', key),
      content: sm2SpkiPem(key),
    })),
  ];
}

/** Everything but the list, the manifest and what seals it. */
function contentFiles(material: EvidenceMaterial): readonly BundleFile[] {
  const { contract, tokens, trust, authorisations, decisions, revocationList } = material;
  const json = (path: string, value: unknown) => ({ path, content: canonicalJson(value) });
  return [
    { path: PATHS.readme, content: evidenceReadme(material, manifestOf(material, [])) },
    { path: PATHS.contract, content: contract.pdf },
    json(PATHS.schedule, material.offer),
    ...material.otherPapers.map(({ name, content }) => ({ path: `papers/${name}`, content })),
    json(PATHS.authorisations, authorisations.map(authorisationEntry)),
    ...authorisations.map(({ id, words }) => ({ path: authorisationPath(id), content: words })),
    json(PATHS.ledger, material.ledger),
    json(PATHS.intent, material.intent),
    ...material.signatures.flatMap(signatureFiles),
    ...(revocationList === null ? [] : [{ path: PATHS.revocationList, content: revocationList }]),
    { path: PATHS.tokenBefore, content: tokens.before },
    { path: PATHS.tokenAfter, content: tokens.after },
    json(
      PATHS.decisions,
      decisions.map(({ text, ...one }) => ({
        ...one,
        record: text === null ? null : decisionPath(one.round),
      })),
    ),
    ...decisions.flatMap(({ round, text }) =>
      text === null ? [] : [{ path: decisionPath(round), content: text }],
    ),
    ...material.recordings.flatMap(recordingFiles),
    ...auditFiles(material.audit),
    { path: PATHS.trustedRoots, content: trust.caRootsPem.join('\n') },
    { path: PATHS.trustedStampers, content: trust.tsaCertificatesPem.join('\n') },
    { path: keyPath('seal', trust.sealPublicKey), content: sm2SpkiPem(trust.sealPublicKey) },
  ];
}

function manifestOf(
  material: EvidenceMaterial,
  files: readonly EvidenceFileEntry[],
): EvidenceManifest {
  const { bundle, contract, audit, trust } = material;
  return {
    format: EVIDENCE_FORMAT,
    bundleId: bundle.id,
    audience: bundle.audience,
    applicationId: material.applicationId,
    contractId: contract.id,
    contractNumber: contract.number,
    contractSm3: contract.sm3,
    lender: material.lender,
    madeBy: bundle.madeBy,
    requestedAt: bundle.requestedAt.toISOString(),
    builtAt: bundle.builtAt.toISOString(),
    versions: material.versions,
    sealKey: keyPath('seal', trust.sealPublicKey),
    signatures: material.signatures.map(signatureEntry),
    revocationList: material.revocationList === null ? null : PATHS.revocationList,
    recordings: material.recordings.map(recordingEntry),
    audit: {
      proved: audit.proved,
      unproved: audit.unproved,
      seals: audit.seals.map(sealEntry),
      keys: Object.fromEntries([...audit.keys].map(([id, key]) => [id, keyPath('audit', key)])),
    },
    files,
  };
}

/** Lines of `digest  path`, as checksum programs write them. */
const listOf = (files: readonly EvidenceFileEntry[]): string =>
  files.map(({ path, sm3: digest }) => `${digest}  ${path}\n`).join('');

/** Who signs the manifest and who says when. */
export interface BundleSealer {
  /** SM2 signature over 32 bytes, DER. */
  readonly sign: (digest: Buffer) => Buffer | Promise<Buffer>;
  /** RFC 3161 reply over an SM3 digest, DER. */
  readonly stamp: (imprint: Buffer) => Promise<Buffer>;
}

/** The bundle's bytes. */
export function evidenceBundle(
  material: EvidenceMaterial,
  sealer: BundleSealer,
): AsyncGenerator<Uint8Array, void> {
  const last = async (entries: readonly EvidenceFileEntry[]): Promise<readonly BundleFile[]> => {
    const list = listOf(entries);
    const listed = {
      path: PATHS.list,
      sm3: sm3(list).toString('hex'),
      size: Buffer.byteLength(list),
    };
    const manifest = canonicalJson(manifestOf(material, [...entries, listed]));
    const signature = await sealer.sign(sm3(manifest));
    return [
      { path: PATHS.list, content: list },
      { path: PATHS.manifest, content: manifest },
      { path: PATHS.manifestSignature, content: signature },
      { path: PATHS.manifestToken, content: await sealer.stamp(sm3(signature)) },
    ];
  };
  return writeBundle(contentFiles(material), last, material.bundle.requestedAt);
}
