/** Port to public registries: sanctions, court and enterprise records. */
import type { Numbered, OutsideAnswer } from './answers.ts';
import type { PersonKeys } from './identity.ts';

export interface SanctionsHit {
  readonly list: string;
  readonly reason: string;
}
export interface CourtRecord {
  readonly caseNumber: string;
  readonly kind: string;
  readonly open: boolean;
}

export interface RegistryPort {
  sanctions(request: Numbered & PersonKeys): Promise<OutsideAnswer<readonly SanctionsHit[]>>;
  court(request: Numbered & PersonKeys): Promise<OutsideAnswer<readonly CourtRecord[]>>;
}
