/** Rows of the data keys that personal data are sealed under. */
import type { Maybe, MaybeMoment, Moment } from './columns.ts';

export interface DataKeyRow {
  id: string;
  /** The person, the draft or the house whose data it seals. */
  subject_id: string;
  /** 1, 2, …; the highest seals, the others open. */
  generation: number;
  /** As the key service gave it; null once the key was destroyed. */
  wrapped: Maybe<Buffer>;
  kek_id: string;
  created_at: Moment;
  destroyed_at: MaybeMoment;
}
