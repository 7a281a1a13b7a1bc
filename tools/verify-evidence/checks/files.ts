/** The files against the manifest, and the manifest against its signature and its time stamp. */
import { EVIDENCE_PATHS as PATHS } from '../../../domain/evidence.ts';
import { sm3, sm3Hex } from '../../../platform/crypto/sm3.ts';
import { type Bundle, publicKeyOf, signedBy } from '../bundle.ts';
import { BundleFault, type Fault } from '../findings.ts';
import { stampedAt } from '../stamps.ts';

const UNLISTED: ReadonlySet<string> = new Set([
  PATHS.manifest,
  PATHS.manifestSignature,
  PATHS.manifestToken,
]);

export function checkFiles({ files, manifest }: Bundle): readonly Fault[] {
  const faults: Fault[] = [];
  const listed = new Set<string>();
  for (const { path, sm3: digest, size } of manifest.files) {
    listed.add(path);
    const bytes = files.get(path);
    if (bytes === undefined) faults.push({ code: 'FILE_MISSING', place: path });
    else if (bytes.length !== size || sm3Hex(bytes) !== digest)
      faults.push({ code: 'FILE_ALTERED', place: path });
  }
  for (const path of files.keys())
    if (!listed.has(path) && !UNLISTED.has(path))
      faults.push({ code: 'FILE_UNKNOWN', place: path });
  const list = manifest.files
    .filter(({ path }) => path !== PATHS.list)
    .map(({ path, sm3: digest }) => `${digest}  ${path}\n`)
    .join('');
  if (files.get(PATHS.list)?.toString('utf8') !== list)
    faults.push({ code: 'LIST_DIFFERS', place: PATHS.list });
  return faults;
}

export function checkManifest(bundle: Bundle): readonly Fault[] {
  const { manifest, trust } = bundle;
  const bytes = bundle.file(PATHS.manifest);
  const signature = bundle.file(PATHS.manifestSignature);
  const key = publicKeyOf(bundle.file(manifest.sealKey), manifest.sealKey);
  if (!trust.sealKeys.includes(key)) throw new BundleFault('SEAL_KEY_UNKNOWN', manifest.sealKey);
  if (!signedBy(key, sm3(bytes), signature))
    throw new BundleFault('MANIFEST_SIGNATURE_WRONG', PATHS.manifestSignature);
  const token = PATHS.manifestToken;
  stampedAt(bundle, { imprint: sm3(signature), token, code: 'MANIFEST_TOKEN_WRONG' });
  return [];
}
