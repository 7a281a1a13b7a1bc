/** `npm run bench -- papers`: what contracts, signatures and proofs cost on this machine. */
import { benchRecording } from '../recording.ts';
import type { Result } from '../results.ts';
import { measureProof } from './proof.ts';
import { measureRendering } from './rendering.ts';

/** Runs every measurement of this subject. */
export async function benchPapers(say: (line: string) => void): Promise<readonly Result[]> {
  return [
    ...(await measureRendering(say)),
    ...(await measureProof(say)),
    ...(await benchRecording(say)),
  ];
}
