/**
 * A paper that a person asks for, drawn once: the decline notice, the settlement certificate, the letter of authorisation. One that
 * cannot be drawn becomes a case of operations and is tried again until what is wrong is mended.
 */
import { ActivityFailure, ApplicationFailure, sleep, workflowInfo } from '@temporalio/workflow';
import { openDoors } from './doors.ts';
import { instant } from './time.ts';

export interface IssuedPaperInput {
  readonly kind: 'DECLINE_NOTICE' | 'SETTLEMENT_CERTIFICATE' | 'AUTHORISATION';
  readonly applicationId: string;
  /** The loan of a settlement certificate. */
  readonly loanId: string | null;
  /** The authorisation that a letter is of. */
  readonly authorisationId: string | null;
}

/** An hour of trying before people are told: what the house itself lacks for so long does not come back by itself. */
const PATIENCE_MS = 3_600_000;
const FIRST_PAUSE_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;
/** About three months of attempts; the case of operations stays open, and asking again begins anew. */
const MOST_ATTEMPTS = 370;

const codeOf = ({ cause }: ActivityFailure): string =>
  cause instanceof ApplicationFailure ? (cause.type ?? 'FAILED') : 'UNREACHABLE';

export async function issuedPaper(input: IssuedPaperInput): Promise<void> {
  const { record, outside } = openDoors();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await outside('paper', PATIENCE_MS).drawIssuedPaper({ ...input, at: instant() });
      return;
    } catch (error) {
      if (!(error instanceof ActivityFailure) || attempt === MOST_ATTEMPTS) throw error;
      const { kind, applicationId } = input;
      const { workflowId, runId } = workflowInfo();
      await record.reportUndrawnPaper({
        kind,
        applicationId,
        failureCode: codeOf(error),
        cause: `${workflowId}:${runId}:${attempt}`,
      });
    }
    await sleep(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS));
  }
}
