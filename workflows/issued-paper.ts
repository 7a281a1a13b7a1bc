/** A paper that a person asks for after a story, drawn once: the decline notice, the settlement certificate. */
import { openDoors } from './doors.ts';
import { instant } from './time.ts';

export interface IssuedPaperInput {
  readonly kind: 'DECLINE_NOTICE' | 'SETTLEMENT_CERTIFICATE';
  readonly applicationId: string;
  readonly loanId: string | null;
}

export async function issuedPaper(input: IssuedPaperInput): Promise<void> {
  await openDoors()
    .outside('paper')
    .drawIssuedPaper({ ...input, at: instant() });
}
