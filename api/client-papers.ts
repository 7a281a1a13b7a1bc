/** The typed client's calls about papers: authorisations, offers, contracts, signing and dual recording. */
import { type ActOptions, at, type In, type Out, type Standing, type Wire } from './client-wire.ts';
import type * as issuedPapers from './schemas/issued-papers.ts';
import type * as papers from './schemas/papers.ts';
import type * as recordings from './schemas/recordings.ts';
import type * as signInSchemas from './schemas/sign-in.ts';

type Recording = Out<typeof recordings.recordingView>;

/** Calls about authorisations, offers and contracts. */
export function paperCalls(wire: Wire) {
  type Authorisation = Out<typeof papers.authorisationView>;
  type Disclosure = Out<typeof issuedPapers.disclosureView>;
  return {
    authorisations: {
      create: (body: In<typeof papers.newAuthorisation>, o?: ActOptions) =>
        wire.act<Authorisation>('/v1/authorisations', body, o),
      get: (id: string) => wire.get<Authorisation>(at('authorisations', id)),
      agree: (id: string, body: In<typeof papers.agreement>, o?: ActOptions) =>
        wire.act<Authorisation>(at('authorisations', id, '/agree'), body, o),
      pdf: (id: string) => wire.bytes(at('authorisations', id, '/pdf')),
      withdraw: (id: string, o?: ActOptions) =>
        wire.act<Authorisation>(at('authorisations', id, '/withdraw'), {}, o),
    },
    offers: {
      get: (id: string) => wire.get<Out<typeof papers.offerView>>(at('offers', id)),
      accept: (id: string, o?: ActOptions) =>
        wire.act<Standing>(at('offers', id, '/accept'), {}, o),
      decline: (id: string, o?: ActOptions) =>
        wire.act<Standing>(at('offers', id, '/decline'), {}, o),
    },
    contracts: {
      get: (id: string) => wire.get<Out<typeof papers.contractView>>(at('contracts', id)),
      pdf: (id: string) => wire.bytes(at('contracts', id, '/pdf')),
      disclosurePdf: (id: string) => wire.bytes(at('contracts', id, '/disclosure/pdf')),
      schedulePdf: (id: string) => wire.bytes(at('contracts', id, '/schedule/pdf')),
      showDisclosure: (
        id: string,
        body: In<typeof issuedPapers.disclosureShowing> = {},
        o?: ActOptions,
      ) => wire.act<Disclosure>(at('contracts', id, '/disclosures'), body, o),
      confirmDisclosure: (
        disclosureId: string,
        body: In<typeof issuedPapers.disclosureConfirmation>,
        o?: ActOptions,
      ) => wire.act<Disclosure>(at('disclosures', disclosureId, '/confirm'), body, o),
      sealedPdf: (id: string) => wire.bytes(at('contracts', id, '/sealed-pdf')),
      signingCode: (id: string, body: In<typeof papers.signingCodeRequest>, o?: ActOptions) =>
        wire.act<Out<typeof signInSchemas.codeAccepted>>(
          at('contracts', id, '/signing-codes'),
          body,
          o,
        ),
      sign: (id: string, body: In<typeof papers.signing>, o?: ActOptions) =>
        wire.act<Standing>(at('contracts', id, '/sign'), body, o),
      openRecording: (
        id: string,
        body: In<typeof recordings.recordingOpening> = {},
        o?: ActOptions,
      ) => wire.act<Recording>(at('contracts', id, '/recordings'), body, o),
    },
  };
}

/** Calls about dual recordings. */
export function recordingCalls(wire: Wire) {
  return {
    recordings: {
      get: (id: string) => wire.get<Recording>(at('recordings', id)),
      /** `sm3` is the digest of `bytes`, 64 hexadecimal digits; times from the start of the segment, in milliseconds. */
      putChunk: (
        id: string,
        number: number,
        bytes: Uint8Array,
        sm3: string,
        times?: { readonly fromMs: number; readonly toMs: number },
      ) =>
        wire.put<Out<typeof recordings.chunkSaved>>(
          at('recordings', id, `/chunks/${number}`),
          bytes,
          {
            'Content-Type': 'application/octet-stream',
            'X-Chunk-SM3': sm3,
            ...(times === undefined
              ? {}
              : {
                  'X-Chunk-From-Ms': String(times.fromMs),
                  'X-Chunk-To-Ms': String(times.toMs),
                }),
          },
        ),
      interrupt: (id: string, body: In<typeof recordings.segmentOpening>, o?: ActOptions) =>
        wire.act<Recording>(at('recordings', id, '/segments'), body, o),
      complete: (id: string, body: In<typeof recordings.completion>, o?: ActOptions) =>
        wire.act<Recording>(at('recordings', id, '/complete'), body, o),
      attend: (id: string, body: In<typeof recordings.attendance>, o?: ActOptions) =>
        wire.act<Recording>(at('recordings', id, '/attend'), body, o),
      waiting: () => wire.get<Out<typeof recordings.recordingQueue>>('/v1/recordings'),
      review: (id: string, body: In<typeof recordings.recordingVerdict>, o?: ActOptions) =>
        wire.act<Recording>(at('recordings', id, '/review'), body, o),
    },
  };
}
