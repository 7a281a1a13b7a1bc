/** Ports to the central bank's credit bureau and to Baihang. */
import type { Numbered, OutsideAnswer } from './answers.ts';
import type { PersonKeys } from './identity.ts';

/** The consent a query rests on; a bureau refuses without it. */
export interface ConsentProof {
  readonly authorisationId: string;
  /** SM3 of the agreed text, hex. */
  readonly sm3: string;
  /** Query reason code (regulation.md §2.5), `02` loan approval. */
  readonly purpose: string;
}

/** A person asked about under their consent. */
export interface Authorised extends Numbered, PersonKeys {
  readonly consent: ConsentProof;
}

export interface ReportRequest extends Authorised {
  readonly mobile: string;
}

/** Gives the report as received: parsing and refusing belong to the domain. */
export interface BureauPort {
  report(request: ReportRequest): Promise<OutsideAnswer<unknown>>;
}

/** An objection (异议) of a person against what the bureau reports. */
export interface ObjectionRequest extends Numbered, PersonKeys {
  /** Number of the report that shows it. */
  readonly reportNo: string;
  /** Coded item and its reference. */
  readonly item: string;
  readonly statement: string;
}

export interface ObjectionReceipt {
  /** The bureau's own number of the objection. */
  readonly objectionNo: string;
  /** By when the bureau answers, ISO. */
  readonly answerDueBy: string;
}

export interface PbocPort extends BureauPort {
  objection(request: ObjectionRequest): Promise<OutsideAnswer<ObjectionReceipt>>;
}

/** Simulated products of Baihang (regulation.md §2.7), never the real interface; answers as received, as of reports. */
export interface BaihangPort extends BureauPort {
  /** Hits of the watch list (特别关注名单); NO_RECORD when the person is not listed. */
  watchlist(request: Authorised): Promise<OutsideAnswer<unknown>>;
  /** Whether name, number and mobile agree, how long the mobile has been in use and its state. */
  verify(request: ReportRequest): Promise<OutsideAnswer<unknown>>;
}
