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

export interface ReportRequest extends Numbered, PersonKeys {
  readonly mobile: string;
  readonly consent: ConsentProof;
}

/** Gives the report as received: parsing and refusing belong to the domain. */
export interface BureauPort {
  report(request: ReportRequest): Promise<OutsideAnswer<unknown>>;
}
