/** Facts about networks: which hide where somebody is, and where the others are. Loaded as whole versions. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { IpRangeRow, NetworkKind } from '../schema/lists.ts';

export interface NetworkPlace {
  readonly address: string;
  readonly kind: NetworkKind;
  readonly latitude: number;
  readonly longitude: number;
}

/** What the newest list of networks says of each address, by its narrowest range; unknown addresses are left out. */
export async function networksOf(
  db: Queryable,
  addresses: readonly string[],
): Promise<readonly NetworkPlace[]> {
  if (addresses.length === 0) return [];
  const { rows } = await sql<NetworkPlace>`
    select a.address, r.kind, r.latitude, r.longitude
      from unnest(${addresses}::text[]) as a(address)
      cross join lateral (
        select kind, latitude, longitude from ip_ranges
         where version = (select max(version) from ip_ranges) and range >>= a.address::inet
         order by masklen(range) desc limit 1
      ) r`.execute(db);
  return rows;
}

export type NewNetwork = Omit<IpRangeRow, 'version'>;

/** Loads a list of networks as the newest version, which counts from then on; gives its number. */
export async function loadNetworks(tx: Tx, networks: readonly NewNetwork[]): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('ip_ranges', 0))`.execute(tx);
  const { rows } = await sql<{ version: number }>`
    insert into ip_ranges (version, range, kind, region, latitude, longitude)
    select (select coalesce(max(version), 0) + 1 from ip_ranges), n.range::cidr, n.kind, n.region, n.latitude, n.longitude
      from jsonb_to_recordset(${JSON.stringify(networks)}::jsonb)
        as n(range text, kind text, region text, latitude double precision, longitude double precision)
    returning version`.execute(tx);
  return rows[0]?.version ?? 0;
}
