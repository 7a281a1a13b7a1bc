/** How migrations let kinds of rules and documents in beside those that are there, whichever they are by then. */

const listed = (kinds: readonly string[]): string =>
  kinds.map((kind) => `''${kind}''::text, `).join('');

/** The statement that lets a kind of rulebook in. @param table `rulebooks` or `rule_drafts` */
export const allowRuleKind = (table: 'rulebooks' | 'rule_drafts', kind: string): string => `do $$
declare
  constraint_name text;
  condition text;
begin
  select conname, pg_get_constraintdef(oid) into constraint_name, condition from pg_constraint
   where conrelid = '${table}'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%''SCORECARD''::text%';
  execute format('alter table ${table} drop constraint %I', constraint_name);
  execute format('alter table ${table} add constraint %I %s', constraint_name,
                 replace(condition, 'ARRAY[', 'ARRAY[${listed([kind])}'));
end $$`;

/** The statement that lets kinds of documents in. */
export const allowDocumentKinds = (...kinds: readonly string[]): string => `do $$
declare
  condition text;
begin
  select pg_get_constraintdef(oid) into condition from pg_constraint
   where conrelid = 'documents'::regclass and conname = 'documents_kind_check';
  alter table documents drop constraint documents_kind_check;
  execute 'alter table documents add constraint documents_kind_check '
    || replace(condition, 'ARRAY[', 'ARRAY[${listed(kinds)}');
end $$`;
