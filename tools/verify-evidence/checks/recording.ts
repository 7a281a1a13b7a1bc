/** Dual recordings: each manifest signed, stamped, of this contract, and its chunks chained in their order. */
import { z } from 'zod';
import { chunkMetaText } from '../../../domain/recording.ts';
import { CHAIN_START, chainLink } from '../../../platform/crypto/recording-chain.ts';
import { sm3 } from '../../../platform/crypto/sm3.ts';
import { type Bundle, signedBy } from '../bundle.ts';
import type { Fault } from '../findings.ts';
import { stampedAt } from '../stamps.ts';

const time = z.number().int().nullable();
const manifestForm = z.object({
  contractId: z.string(),
  contractSm3: z.string(),
  chainSm3: z.string(),
  chunks: z.array(
    z.object({
      number: z.number().int(),
      segment: z.number().int(),
      sizeBytes: z.number().int(),
      fromMs: time,
      toMs: time,
      sm3: z.string(),
      chainSm3: z.string(),
    }),
  ),
});
type RecordingManifest = z.infer<typeof manifestForm>;

/** The first chunk at which the chain is not what it should be, or null. */
function brokenAt({ chunks, chainSm3 }: RecordingManifest): string | null {
  let chain = CHAIN_START;
  for (const [index, { sm3: digest, chainSm3: after, ...meta }] of chunks.entries()) {
    chain = chainLink(chain, digest, chunkMetaText(meta));
    if (chain !== after || meta.number !== index) return `chunk ${index}`;
  }
  return chain === chainSm3 ? null : 'end';
}

/** Null when the loan has no recording. */
export function checkRecording(bundle: Bundle): readonly Fault[] | null {
  const { manifest, trust } = bundle;
  const sealed = manifest.recordings.flatMap(({ manifest: path, signature, token }) =>
    path === null || signature === null || token === null ? [] : [{ path, signature, token }],
  );
  if (sealed.length === 0) return null;
  const faults: Fault[] = [];
  for (const { path, signature, token } of sealed) {
    const digest = sm3(bundle.file(path));
    const sealedBy = trust.sealKeys.some((key) => signedBy(key, digest, bundle.file(signature)));
    if (!sealedBy) faults.push({ code: 'RECORDING_SIGNATURE_WRONG', place: signature });
    stampedAt(bundle, { imprint: digest, token, code: 'RECORDING_TOKEN_WRONG' });
    const recording = bundle.json(path, manifestForm);
    const same =
      recording.contractId === manifest.contractId &&
      recording.contractSm3 === manifest.contractSm3;
    if (!same) faults.push({ code: 'RECORDING_OTHER_CONTRACT', place: path });
    const reason = brokenAt(recording);
    if (reason !== null) faults.push({ code: 'RECORDING_CHAIN_BROKEN', place: path, reason });
  }
  return faults;
}
