/** Rows of the lists: entries, hits, what was proposed and decided about them, and facts about networks. */
import type { Maybe, Moment } from './columns.ts';

export type ListKind = 'BLACK' | 'GREY' | 'WHITE' | 'SANCTIONS';
export type ListSubject = 'ID_NUMBER' | 'MOBILE' | 'CARD' | 'DEVICE' | 'NAME';

export interface ListEntryRow {
  id: string;
  kind: ListKind;
  subject: ListSubject;
  value_index: Maybe<Buffer>;
  /** On sanctions lists alone, which are public. */
  name: Maybe<string>;
  name_keys: string[];
  birth_date: Maybe<string>;
  sex: Maybe<'MALE' | 'FEMALE'>;
  source: string;
  reason: string;
  listed_on: string;
  /** Code of the way by which the person may object. */
  appeal: string;
  expires_on: Maybe<string>;
  created_at: Moment;
}

export type SecondFactor = 'AGREES' | 'DIFFERS' | 'UNKNOWN';

export interface ListHitRow {
  id: string;
  application_id: string;
  entry_id: string;
  /** 0–1 with three decimals, as PostgreSQL writes it. */
  similarity: string;
  second_factor: SecondFactor;
  found_at: Moment;
}

export type ListAct = 'ADD' | 'END' | 'TRUE_MATCH' | 'FALSE_MATCH';

export interface ListProposalRow {
  id: string;
  act: ListAct;
  entry_id: Maybe<string>;
  hit_id: Maybe<string>;
  reason: string;
  proposed_by: string;
  proposed_at: Moment;
}

export interface ListDecisionRow {
  proposal_id: string;
  proposed_by: string;
  outcome: 'APPROVED' | 'REFUSED';
  decided_by: string;
  decided_at: Moment;
}

export type NetworkKind = 'ACCESS' | 'HOSTING' | 'VPN' | 'PROXY' | 'TOR';

export interface IpRangeRow {
  version: number;
  range: string;
  kind: NetworkKind;
  region: string;
  latitude: number;
  longitude: number;
}
