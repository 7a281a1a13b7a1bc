/** The watch over the ledger: one look an hour, by a schedule. */
import { openDoors } from './doors.ts';

export async function ledgerWatch(): Promise<{
  readonly differences: number;
  readonly fresh: number;
  readonly gone: number;
}> {
  const { record } = openDoors();
  return await record.watchLedger();
}
