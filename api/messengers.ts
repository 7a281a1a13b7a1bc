/** How the API speaks to running workflows: every messenger over one Temporal client. */
import type { Client } from '@temporalio/client';
import { createActSealer } from '../platform/act-seal.ts';
import { createBacktestMessenger } from './backtest-messenger.ts';
import type { ApiDeps } from './deps.ts';
import { createDeskMessenger } from './desk-messenger.ts';
import { createIssuedPapersMessenger } from './issued-papers-messenger.ts';
import { createLoanMessenger } from './loan-messenger.ts';
import { createPaperReader } from './paper-reader.ts';
import { createRecordingMessenger } from './recording-messenger.ts';
import { createRightsMessenger } from './rights-messenger.ts';

type Messengers = Pick<
  ApiDeps,
  'loans' | 'desk' | 'papers' | 'issuedPapers' | 'recordings' | 'rights' | 'backtests'
>;

/** @param actionSeal the house's key for the seals of people's acts, 32 bytes */
export function createMessengers(
  client: Client,
  queuePrefix: string,
  actionSeal: Buffer,
): Messengers {
  return {
    loans: createLoanMessenger(client, queuePrefix, createActSealer(actionSeal)),
    desk: createDeskMessenger(client, queuePrefix),
    papers: createPaperReader(client, queuePrefix),
    issuedPapers: createIssuedPapersMessenger(client, queuePrefix),
    recordings: createRecordingMessenger(client, queuePrefix),
    rights: createRightsMessenger(client, queuePrefix),
    backtests: createBacktestMessenger(client, queuePrefix),
  };
}
