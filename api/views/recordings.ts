/** A dual recording as the API shows it. */
import type { z } from '@hono/zod-openapi';
import type { Queryable } from '../../db/database.ts';
import { readRecordingReview } from '../../db/queries/recording-evidence.ts';
import { listChunks, listSegments, type readRecording } from '../../db/queries/recordings.ts';
import { missingRanges } from '../../domain/recording.ts';
import { iso } from '../times.ts';
import type { recordingView } from '../schemas/recordings.ts';

type Row = NonNullable<Awaited<ReturnType<typeof readRecording>>>;

function manifestOf(row: Row): z.input<typeof recordingView>['manifest'] {
  const { manifest, manifest_sm3: sm3, manifest_signature: signature } = row;
  const { manifest_public_key: publicKey, manifest_token: token, manifest_stamped_at: at } = row;
  if (manifest === null || sm3 === null || signature === null) return null;
  if (publicKey === null || token === null || at === null) return null;
  return {
    text: manifest,
    sm3,
    signature: signature.toString('base64'),
    publicKey,
    token: token.toString('base64'),
    stampedAt: iso(at),
  };
}

export async function recordingOf(db: Queryable, row: Row): Promise<z.input<typeof recordingView>> {
  const numbers = (await listChunks(db, row.id)).map((chunk) => chunk.number);
  const review = await readRecordingReview(db, row.id);
  const { script_code: code, script_version: version, script: nodes } = row;
  return {
    id: row.id,
    contractId: row.contract_id,
    state: row.state,
    kind: row.kind,
    attended: row.attended_by !== null,
    script:
      code === null || version === null || nodes === null
        ? null
        : {
            code,
            version,
            nodes: nodes.map((node) => ({ ...node, answers: [...node.answers] })),
          },
    segments: [...(await listSegments(db, row.id))],
    received: numbers.length,
    missing: [...missingRanges(numbers, (numbers.at(-1) ?? -1) + 1)],
    sizeBytes: row.size_bytes,
    chunkCount: row.chunk_count,
    chainSm3: row.chain_sm3,
    qc: row.qc === null ? null : { media: row.qc.media, findings: [...row.qc.findings] },
    manifest: manifestOf(row),
    review:
      review === undefined
        ? null
        : { verdict: review.verdict, reasons: [...review.reasons], at: iso(review.reviewed_at) },
  };
}
