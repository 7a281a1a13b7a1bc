/** The cancellation signal of the running activity, for calls that can be aborted. */
import { Context } from '@temporalio/activity';

/** Undefined outside an activity, as when a function is called by a tool. */
export function cancellationSignal(): AbortSignal | undefined {
  try {
    return Context.current().cancellationSignal;
  } catch {
    return undefined;
  }
}
