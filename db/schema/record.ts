/** Rows that keep the record: the journey, the outbox, rules as data, idempotency. */
import type { ActorKind, Stage } from '../../domain/journey.ts';
import type { GeneratedAlways, Generated, Json, Maybe, MaybeMoment, Moment } from './columns.ts';

export interface RulebookRow {
  kind:
    | 'PRODUCT'
    | 'POLICY'
    | 'SCORECARD'
    | 'STRATEGY'
    | 'MATRIX'
    | 'RECORDING_SCRIPT'
    | 'TEMPLATE';
  code: string;
  version: number;
  document: Json<unknown>;
  document_sm3: string;
  effective_from: Date;
  published_at: Moment;
}

export interface JourneyEventRow {
  id: GeneratedAlways<number>;
  application_id: string;
  /** Position in the journey; equals the application's version after the event. */
  number: number;
  from_stage: Stage;
  to_stage: Stage;
  actor_kind: ActorKind;
  actor: string;
  actor_role: Maybe<string>;
  reason: string;
  /** Business key of what caused the event; the same cause twice is one event. */
  cause: string;
  versions: Json<unknown>;
  at: Moment;
}

export interface OutboxRow {
  id: string;
  topic: string;
  /** Null where what is owed belongs to no application yet: a code to a mobile number. */
  application_id: string | null;
  payload: Json<Record<string, string>>;
  state: Generated<'PENDING' | 'DELIVERED' | 'FAILED'>;
  attempts: Generated<number>;
  next_at: Moment;
  failure_code: Maybe<string>;
  created_at: Moment;
  delivered_at: MaybeMoment;
}

export interface OutsideRequestRow {
  request_no: string;
  application_id: string;
  /** The business step that asks, for example `pboc:1`; one request per step. */
  step: string;
  service: string;
  operation: string;
  state: 'PENDING' | 'ANSWERED';
  code: Maybe<string>;
  charged: Maybe<boolean>;
  sealed_answer: Maybe<Buffer>;
  sends: Generated<number>;
  created_at: Moment;
  answered_at: MaybeMoment;
}

export interface IdempotencyKeyRow {
  actor: string;
  key: string;
  request_sm3: string;
  state: 'RUNNING' | 'DONE';
  lease_until: Date;
  status: Maybe<number>;
  sealed_response: Maybe<Buffer>;
  created_at: Moment;
}

export interface SeenNonceRow {
  caller: string;
  nonce: string;
  seen_at: Moment;
}

export interface BankNoticeRow {
  notice_id: string;
  kind: string;
  workflow_id: Maybe<string>;
  sealed_body: Buffer;
  state: 'RECEIVED' | 'FORWARDED' | 'UNMATCHED';
  received_at: Moment;
  forwarded_at: MaybeMoment;
}

export interface OperatorCaseRow {
  id: string;
  application_id: string;
  step: string;
  failure_code: string;
  cause: string;
  state: 'OPEN' | 'PROPOSED' | 'RESOLVED';
  action: Maybe<'RETRY' | 'SKIP'>;
  proposed_by: Maybe<string>;
  approved_by: Maybe<string>;
  reason: Maybe<string>;
  created_at: Moment;
  resolved_at: MaybeMoment;
}
