/** What is said about those who sign beside the borrower. */
import { z } from '@hono/zod-openapi';
import { CO_SIGNER_ROLES, MOST_CO_SIGNERS } from '../../domain/co-signing.ts';
import { instant, line, sm3Digest } from './common.ts';
import { signing } from './papers.ts';

const role = z.enum(CO_SIGNER_ROLES);
const state = z.enum(['WAITING', 'INVITED', 'SIGNED', 'DECLINED', 'EXPIRED']);

export const coSignerList = z
  .strictObject({
    coSigners: z
      .array(
        z.strictObject({
          role,
          name: line(64),
          idNumber: z.string().min(15).max(24),
          mobile: z.string().min(11).max(20),
        }),
      )
      .max(MOST_CO_SIGNERS)
      .openapi({
        description:
          'In the order in which they sign, after the borrower. Takes the place of the list before.',
      }),
  })
  .openapi('CoSignerList');

export const coSignersView = z
  .object({
    items: z.array(
      z.object({
        position: z.number().int(),
        role,
        /** Null while no contract is drawn. */
        state: state.nullable(),
      }),
    ),
  })
  .openapi('CoSigners');

export const turnView = z
  .object({
    id: z.uuid(),
    contractNumber: z.string(),
    role,
    state,
    /** What is signed: SM3 of the PDF; null until the person has proved who they are. */
    digestSm3: sm3Digest.nullable(),
    invitedAt: instant,
  })
  .openapi('CoSignerTurn');

export const turnsView = z.object({ items: z.array(turnView) }).openapi('CoSignerTurns');

export const coSignerIdentity = z
  .strictObject({
    name: line(64),
    idNumber: z.string().min(15).max(24),
    consent: z.literal(true).openapi({
      description: 'To have name and number of identity card checked before signing.',
    }),
  })
  .openapi('CoSignerIdentity');

export const coSigning = signing.openapi('CoSigning');
