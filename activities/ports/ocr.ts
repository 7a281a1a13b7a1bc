/** Port to whoever reads papers from pictures: this process by default, a vendor where one is configured. */
import type { PaperKind, Readings } from '../../domain/prefill.ts';

/**
 * - `READ`: readings by field; the more a field has, the better they can be held against each other
 * - `UNREADABLE`: not a picture that may be opened, or nothing on it was made out
 * - `UNAVAILABLE`: this installation reads no papers
 */
export type OcrAnswer =
  | { readonly kind: 'READ'; readonly readings: Readings }
  | {
      readonly kind: 'UNREADABLE';
      readonly reason: 'NOT_A_PICTURE' | 'TOO_LARGE' | 'TOO_SMALL' | 'NOTHING_READ';
    }
  | { readonly kind: 'UNAVAILABLE' };

export interface OcrRequest {
  /** The same for the same picture, whatever the attempt. */
  readonly requestNo: string;
  readonly paper: PaperKind;
  readonly image: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

export interface OcrPort {
  /** @throws OutsideFailure when there is no usable answer this time */
  read(request: OcrRequest): Promise<OcrAnswer>;
  /** Ends what the port keeps running. It may be asked again afterwards. */
  close(): Promise<void>;
}
