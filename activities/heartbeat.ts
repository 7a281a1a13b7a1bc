/** Says that a long activity is alive while it waits for one answer, so that the loss of its worker is noticed soon. */
import { Context } from '@temporalio/activity';

const EVERY_MS = 5_000;

/** Runs the work and beats every five seconds until it ends. Outside an activity, as in a tool, it only runs the work. */
export async function whileBeating<T>(work: () => Promise<T>): Promise<T> {
  const context = running();
  if (context === undefined) return await work();
  const timer = setInterval(() => context.heartbeat(), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function running(): Context | undefined {
  try {
    return Context.current();
  } catch {
    return undefined;
  }
}
