/** The workflows that run by the clock: each on a schedule of Temporal, created by whichever worker starts first. */
import { type Client, ScheduleAlreadyRunning } from '@temporalio/client';

interface Clockwork {
  /** Id of the schedule and of the workflows it starts, behind the prefix of the task queues. */
  readonly id: string;
  readonly workflowType: string;
  readonly every: '5m' | '10m' | '15m' | '1h' | '1d';
}

const CLOCKWORK: readonly Clockwork[] = [
  { id: 'draft-sweep', workflowType: 'draftSweep', every: '15m' },
  { id: 'desk-sweep', workflowType: 'deskSweep', every: '5m' },
  { id: 'experiment-watch', workflowType: 'experimentWatch', every: '10m' },
  { id: 'retention', workflowType: 'retention', every: '1d' },
  { id: 'bureau-week', workflowType: 'bureauWeek', every: '1d' },
  { id: 'audit-seal', workflowType: 'auditSeal', every: '1h' },
];

async function createSchedule(client: Client, prefix: string, work: Clockwork): Promise<void> {
  const id = `${prefix}${work.id}`;
  try {
    await client.schedule.create({
      scheduleId: id,
      spec: { intervals: [{ every: work.every }], timezone: 'Asia/Shanghai' },
      action: {
        type: 'startWorkflow',
        workflowType: work.workflowType,
        workflowId: id,
        taskQueue: `${prefix}loan`,
        args: [],
      },
      policies: { overlap: 'SKIP', catchupWindow: '10m' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

/** Creates the schedules that are not there yet. @param prefix of the task queues */
export async function createSchedules(client: Client, prefix: string): Promise<void> {
  for (const work of CLOCKWORK) await createSchedule(client, prefix, work);
}
