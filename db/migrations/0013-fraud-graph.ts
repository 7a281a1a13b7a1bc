/** Lists with two people behind every entry, hits and their dispositions, facts about networks, and the graph's index. */
import { type Kysely, sql } from 'kysely';

const appendOnly = (table: string): readonly string[] => [
  `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
  `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
];

const STATEMENTS: readonly string[] = [
  // A contact's number is indexed as a mobile, so that the mobile of one person meets the contact of another in one value.
  `alter table fraud_links drop constraint fraud_links_kind_check,
     add constraint fraud_links_kind_check
       check (kind in ('DEVICE','MOBILE','CARD','ADDRESS','CONTACT','EMPLOYER_PHONE','IP'))`,
  `create index fraud_links_shared on fraud_links (value_index) include (kind, application_id, applicant_id)`,

  // Values are keyed indexes; a name is kept in clear on sanctions lists alone, which are public.
  `create table list_entries (
    id uuid primary key,
    kind text not null check (kind in ('BLACK','GREY','WHITE','SANCTIONS')),
    subject text not null check (subject in ('ID_NUMBER','MOBILE','CARD','DEVICE','NAME')),
    value_index bytea,
    name text,
    name_keys text[] not null default '{}',
    birth_date date,
    sex text check (sex in ('MALE','FEMALE')),
    source text not null,
    reason text not null,
    listed_on date not null,
    appeal text not null,
    expires_on date,
    created_at timestamptz not null default now(),
    constraint list_entries_name_of_sanctions check (
      case subject when 'NAME' then kind = 'SANCTIONS' and name is not null and value_index is null
      else name is null and birth_date is null and sex is null and value_index is not null end)
  )`,
  `create index list_entries_by_value on list_entries (subject, value_index)`,
  `create index list_entries_by_name on list_entries using gin (name_keys) where subject = 'NAME'`,
  `create index list_entries_by_kind on list_entries (kind, created_at, id)`,
  ...appendOnly('list_entries'),

  `create table list_hits (
    id uuid primary key,
    application_id uuid not null references applications,
    entry_id uuid not null references list_entries,
    similarity numeric(4,3) not null check (similarity between 0 and 1),
    second_factor text not null check (second_factor in ('AGREES','DIFFERS','UNKNOWN')),
    found_at timestamptz not null default now(),
    unique (application_id, entry_id)
  )`,
  ...appendOnly('list_hits'),

  // What one person proposes: an entry comes into force, ends, or a hit is the listed person or is not.
  `create table list_proposals (
    id uuid primary key,
    act text not null check (act in ('ADD','END','TRUE_MATCH','FALSE_MATCH')),
    entry_id uuid references list_entries,
    hit_id uuid references list_hits,
    reason text not null,
    proposed_by text not null,
    proposed_at timestamptz not null default now(),
    unique (id, proposed_by),
    check (case when act in ('ADD','END') then entry_id is not null and hit_id is null
           else hit_id is not null and entry_id is null end)
  )`,
  `create index list_proposals_by_entry on list_proposals (entry_id)`,
  `create index list_proposals_by_hit on list_proposals (hit_id)`,
  ...appendOnly('list_proposals'),

  // What another person decides; the foreign key carries the proposer along, so that the check can name both.
  `create table list_decisions (
    proposal_id uuid primary key,
    proposed_by text not null,
    outcome text not null check (outcome in ('APPROVED','REFUSED')),
    decided_by text not null,
    decided_at timestamptz not null default now(),
    foreign key (proposal_id, proposed_by) references list_proposals (id, proposed_by),
    constraint list_decisions_two_people check (decided_by <> proposed_by)
  )`,
  ...appendOnly('list_decisions'),

  // The former list had no people behind its entries: the table stands for the one, this migration for the other.
  `insert into list_entries (id, kind, subject, value_index, source, reason, listed_on, appeal, created_at)
     select md5(subject || kind || encode(value_index, 'hex'))::uuid, kind, subject, value_index, source, reason,
            (added_at at time zone 'Asia/Shanghai')::date, 'CUSTOMER_SERVICE', added_at from watch_list`,
  `insert into list_proposals (id, act, entry_id, reason, proposed_by, proposed_at)
     select id, 'ADD', id, 'CARRIED_OVER', 'table:watch_list', created_at from list_entries`,
  `insert into list_decisions (proposal_id, proposed_by, outcome, decided_by)
     select id, proposed_by, 'APPROVED', 'migration:0013' from list_proposals`,
  `drop table watch_list`,

  // Facts about networks, loaded as whole versions; the newest version counts.
  `create table ip_ranges (
    version integer not null,
    range cidr not null,
    kind text not null check (kind in ('ACCESS','HOSTING','VPN','PROXY','TOR')),
    region text not null,
    latitude double precision not null check (latitude between -90 and 90),
    longitude double precision not null check (longitude between -180 and 180),
    primary key (version, range)
  )`,
  `create index ip_ranges_by_range on ip_ranges using gist (range inet_ops)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
