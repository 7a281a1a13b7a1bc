/** Follows shared values from one application to the next, breadth first and within bounds. */
import { sql } from 'kysely';
import type { FoundGraph, FoundLink, GraphKind } from '../../domain/fraud-graph.ts';
import type { Queryable } from '../database.ts';

export interface GraphBounds {
  /** A value that more applications share is a hub: it is named and not followed. */
  readonly hubCap: number;
  /** Applications and values together. */
  readonly nodesMost: number;
}

interface GraphRow {
  readonly applicationId: string | null;
  readonly applicantId: string | null;
  readonly kind: GraphKind;
  readonly value: string;
  readonly inDefault: boolean;
  readonly nodes: number;
}

/**
 * The links among the applications around one. Network addresses are left out: a whole town shares one. Each node is
 * opened once (union), a value costs at most one more row than the cap, and the limit ends the search, so that the cost is
 * bounded whatever the graph.
 */
export async function findGraph(
  db: Queryable,
  applicationId: string,
  bounds: GraphBounds,
): Promise<FoundGraph> {
  const { rows } = await sql<GraphRow>`
    with recursive reach(application_id, value_index, hub) as (
      select ${applicationId}::uuid, null::bytea, null::text
      union
      select next.application_id, next.value_index, next.hub
        from reach cross join lateral (
          select null::uuid as application_id, l.value_index,
                 case when (select count(*) from (select 1 from fraud_links c
                                                   where c.value_index = l.value_index
                                                   limit ${bounds.hubCap + 1}) counted) > ${bounds.hubCap}
                      then l.kind end as hub
            from fraud_links l
           where reach.application_id is not null and l.application_id = reach.application_id and l.kind <> 'IP'
          union all
          select l.application_id, null, null from fraud_links l
           where reach.value_index is not null and reach.hub is null and l.value_index = reach.value_index
        ) next
    ), bounded as materialized (
      select * from reach limit ${bounds.nodesMost}
    ), members as (
      select application_id, exists (select 1 from loans where loans.application_id = b.application_id
                                        and loans.state = 'OVERDUE') as in_default
        from bounded b where application_id is not null
    ), size as (select count(*)::int as nodes from bounded)
    select l.application_id as "applicationId", l.applicant_id as "applicantId", l.kind,
           encode(l.value_index, 'hex') as value, m.in_default as "inDefault", size.nodes
      from size, members m
      join fraud_links l on l.application_id = m.application_id and l.kind <> 'IP'
     where not exists (select 1 from bounded b where b.value_index = l.value_index and b.hub is not null)
    union all
    select null, null, b.hub, encode(b.value_index, 'hex'), false, size.nodes from bounded b, size where b.hub is not null`.execute(
    db,
  );
  const links = rows.flatMap(({ applicationId: application, applicantId, ...row }): FoundLink[] =>
    application === null || applicantId === null
      ? []
      : [{ ...row, applicationId: application, applicantId }],
  );
  return {
    links,
    hubs: rows.filter((row) => row.applicationId === null).map((row) => row.kind),
    truncated: (rows[0]?.nodes ?? 0) >= bounds.nodesMost,
  };
}
