/** `npm run bench -- risk`: what the risk machinery does in a second. */
import type { Result } from '../results.ts';
import { measureDecisions } from './decisions.ts';

/** Runs every measurement of this subject. */
export async function benchRisk(say: (line: string) => void): Promise<readonly Result[]> {
  return await measureDecisions(say);
}
