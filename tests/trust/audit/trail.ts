/** An audit trail for tests: entries written as the product writes them, chained and sealed by the sandbox's authority. */
import { sql } from 'kysely';
import { chainAll } from '../../../activities/audit/chain.ts';
import { sealAudit, type SealOutcome } from '../../../activities/audit/seal.ts';
import type { Db, Queryable } from '../../../db/database.ts';
import { recordAudit } from '../../../db/queries/audit.ts';
import { generateSm2KeyPair } from '../../../platform/crypto/sm2.ts';
import { DEFAULTS, type VerifyOptions } from '../../../tools/audit-verify/verify.ts';
import { openTestDatabase } from '../../ports/postgres.ts';
import { openSandboxWorld } from '../../ports/sandbox-world.ts';

export interface Trail {
  readonly db: Db;
  /** What a verification believes, as of now. */
  readonly options: VerifyOptions;
  /** Writes entries, each in a transaction of its own, and chains them. */
  write(count: number): Promise<void>;
  seal(): Promise<SealOutcome>;
  close(): Promise<void>;
}

let written = 0;

/** One entry as a bureau query leaves it. */
export async function writeEntry(db: Queryable, subject = 'subject'): Promise<void> {
  written += 1;
  await recordAudit(db, {
    actor: 'xindai',
    role: null,
    via: 'worker',
    action: 'bureau.query',
    subjectKind: 'application',
    subjectId: `${subject}-${written}`,
    result: 'DONE',
    reason: '02',
    origin: '203.0.113.0/24',
    requestId: `request-${written}`,
    detail: { bureau: 'PBOC', number: written },
  });
}

/** Opens an empty trail on a server of its own. */
export async function openTrail(): Promise<Trail> {
  // An entry waits for every older transaction of the server: those of other tests would hold it back.
  const [database, outside] = await Promise.all([
    openTestDatabase({ alone: true }),
    openSandboxWorld(),
  ]);
  const auditKey = { keyId: 'audit-1', ...generateSm2KeyPair() };
  const { db } = database;
  return {
    db,
    options: {
      ...DEFAULTS,
      now: new Date(),
      trust: {
        auditKeys: new Map([[auditKey.keyId, auditKey.publicKey]]),
        tsaCertificates: [outside.sandbox.publishedKeys.tsaCertificatePem],
      },
    },
    write: async (count) => {
      for (let n = 0; n < count; n += 1) await writeEntry(db);
      await chainAll(db);
    },
    seal: () => sealAudit({ db, ports: outside.ports, auditKey }),
    close: async () => {
      await database.close();
      await outside.close();
    },
  };
}

/** What a superuser can do and nobody else: pass by triggers and foreign keys for one transaction. */
export async function disarm(tx: Queryable): Promise<void> {
  for (const table of ['audit_entries', 'audit_chain', 'audit_seals']) {
    await sql`alter table ${sql.table(table)} disable trigger user`.execute(tx);
  }
  await sql`set local session_replication_role = replica`.execute(tx);
}
