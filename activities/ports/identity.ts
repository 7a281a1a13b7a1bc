/** Port to the identity services: two factors, mobile, bank card and face compare. */
import type { Numbered, OutsideAnswer } from './answers.ts';

export type Match = 'MATCH' | 'MISMATCH' | 'NO_DATA';

export interface PersonKeys {
  readonly name: string;
  readonly idNumber: string;
}

export interface FaceMatch {
  readonly match: Match;
  /** Similarity 0–100. */
  readonly score: number;
  readonly live: boolean;
}

export interface IdentityPort {
  /** Name and number belong together. */
  twoFactor(request: Numbered & PersonKeys): Promise<OutsideAnswer<Match>>;
  /** Name, number and mobile belong together. */
  mobile(
    request: Numbered & PersonKeys & { readonly mobile: string },
  ): Promise<OutsideAnswer<Match>>;
  /** Name, number, card and the mobile reserved for it belong together. */
  bankCard(
    request: Numbered & PersonKeys & { readonly card: string; readonly mobile: string },
  ): Promise<OutsideAnswer<Match>>;
  /** The picture shows the holder of the number, alive. A picture used before is `REJECTED`. */
  face(
    request: Numbered & PersonKeys & { readonly image: Uint8Array },
  ): Promise<OutsideAnswer<FaceMatch>>;
}
