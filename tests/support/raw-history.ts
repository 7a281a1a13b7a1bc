/** A workflow's history exactly as the server holds it, before any codec has touched it. */
import type { Client } from '@temporalio/client';
import protos from '@temporalio/proto';

type HistoryEvent = protos.temporal.api.history.v1.IHistoryEvent;

export interface RawHistory {
  readonly events: readonly HistoryEvent[];
  /** Bytes of the whole history as the server sends it. */
  readonly bytes: Uint8Array;
}

/** Reads every page of the newest run's history. */
export async function readRawHistory(
  client: Client,
  namespace: string,
  workflowId: string,
): Promise<RawHistory> {
  const events: HistoryEvent[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId },
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
  const bytes = protos.temporal.api.history.v1.History.encode({ events }).finish();
  return { events, bytes };
}
