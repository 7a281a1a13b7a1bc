/** Clients of integrators that sign every request. */
import type { Queryable } from '../database.ts';

/** The client's key when it is one that signs; undefined when it is not, or there is no such client. */
export async function findSigningClient(
  db: Queryable,
  clientId: string,
): Promise<{ readonly publicKeyPem: string } | undefined> {
  const row = await db
    .selectFrom('integrator_clients')
    .select('public_key_pem')
    .where('client_id', '=', clientId)
    .where('signs_requests', '=', true)
    .executeTakeFirst();
  return row === undefined ? undefined : { publicKeyPem: row.public_key_pem };
}

/** Says from now on whether the client signs; false when there is no such client with an SM2 key. */
export async function setSigning(
  db: Queryable,
  clientId: string,
  signs: boolean,
  at: Date,
): Promise<boolean> {
  const row = await db
    .updateTable('integrator_clients')
    .set({ signs_requests: signs, changed_at: at })
    .where('client_id', '=', clientId)
    .where('alg', '=', 'SM2SM3')
    .returning('client_id')
    .executeTakeFirst();
  return row !== undefined;
}
