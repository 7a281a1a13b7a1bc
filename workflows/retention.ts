/** The daily round of retention: what has outlived its clock is let go, batch by batch. Run by a schedule. */
import { openDoors } from './doors.ts';
import { instant } from './time.ts';

export interface RetentionResult {
  readonly erased: number;
  readonly reports: number;
  readonly pictures: number;
}

export async function retention(): Promise<RetentionResult> {
  const { record } = openDoors();
  const at = instant();
  let after: string | null = null;
  let erased = 0;
  let reports = 0;
  let pictures = 0;
  do {
    const batch: Awaited<ReturnType<typeof record.enforceRetention>> =
      await record.enforceRetention({ after, at });
    erased += batch.erased;
    reports += batch.reports;
    pictures += batch.pictures;
    after = batch.next;
  } while (after !== null);
  return { erased, reports, pictures };
}
