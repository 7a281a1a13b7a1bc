/**
 * `npm run -s sessions -- …`: who of the staff is signed in, and ending it where access was taken away.
 *
 *   list
 *   revoke SUBJECT
 *
 * DATABASE_URL and DATABASE_SCHEMA say where. A revocation is on the audit trail under the operating system's user.
 */
import { userInfo } from 'node:os';
import type { Db } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { listSessions, revokeSessions } from '../../db/queries/sign-in.ts';
import { runDatabaseCommand } from '../database-command.ts';
import { StartFailure } from '../start/failure.ts';

const USAGE = 'Usage: sessions list | revoke SUBJECT';

async function list(db: Db): Promise<string> {
  const open = await listSessions(db, new Date());
  const lines = open.map((one) =>
    [
      one.subject,
      one.roles.join(','),
      one.last_seen_at.toISOString(),
      one.expires_at.toISOString(),
    ].join('\t'),
  );
  return lines.length === 0 ? 'nobody is signed in' : lines.join('\n');
}

async function revoke(db: Db, subject: string): Promise<string> {
  return await db.transaction().execute(async (tx) => {
    const ended = await revokeSessions(tx, subject, new Date());
    await recordAudit(tx, {
      actor: `os:${userInfo().username}`,
      role: null,
      action: 'session.revoke',
      subjectKind: 'staff',
      subjectId: subject,
      result: 'DONE',
      detail: { ended },
    });
    return `${ended} sessions of ${subject} were ended`;
  });
}

/** One command; gives what to print. @throws StartFailure for a command that is none */
export async function runSessions(db: Db, args: readonly string[]): Promise<string> {
  const [command, subject] = args;
  if (command === 'list') return await list(db);
  if (command === 'revoke' && subject !== undefined) return await revoke(db, subject);
  throw new StartFailure(USAGE);
}

await runDatabaseCommand(import.meta.url, runSessions);
