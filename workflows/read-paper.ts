/** One picture of a card or licence is read where the processor time is: behind the queue of papers, not in the API. */
import { openDoors } from './doors.ts';

export interface ReadPaperInput {
  readonly documentId: string;
}

/** Longer than the person waits: the reading is there when they ask with the same key. */
const PATIENCE_MS = 60_000;

export async function readPaper(
  input: ReadPaperInput,
): Promise<{ readonly outcome: 'READ' | 'UNREADABLE' | 'UNAVAILABLE' }> {
  return await openDoors().outside('paper', PATIENCE_MS).readPaper(input);
}
