/** The report on the week's bureau queries. Run every day by a schedule: a week is reported once, also after an outage. */
import { openDoors } from './doors.ts';
import { instant } from './time.ts';

export async function bureauWeek(): Promise<boolean> {
  return await openDoors().record.reportBureauWeek({ at: instant() });
}
