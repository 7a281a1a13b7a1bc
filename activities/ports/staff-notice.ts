/** Port to the lender's own people: whatever wakes them, a chat group, a pager or a mailbox. */
import type { Numbered } from './answers.ts';

export interface StaffMessage {
  /** Roles of which somebody is to look; whoever runs the channel knows who holds them. */
  readonly roles: readonly string[];
  /** What it is about, coded, for example `rights.overdue`. */
  readonly topic: string;
  /** In Chinese, without anything personal in it. */
  readonly text: string;
  /** Ids of what waits. */
  readonly about: Readonly<Record<string, unknown>>;
}

export interface StaffNoticePort {
  /** Returns once the channel has taken the message; the same number is the same message. @throws OutsideFailure */
  tell(message: Numbered & StaffMessage): Promise<void>;
}
