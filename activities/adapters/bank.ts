/** The bank port over the gateway: a payment accepted for later is an answer, a lost one is never guessed at. */
import { z } from 'zod';
import type { Fen } from '../../domain/money.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { type OutsideAnswer, OutsideFailure } from '../ports/answers.ts';
import type { BankPort, TransferStatus } from '../ports/bank.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import { parseData, toPortAnswer } from './reading.ts';

const SERVICE = 'bank';

const accountForm = z.object({
  card: z.string(),
  result: z.enum(['MATCH', 'MISMATCH']),
  status: z.string(),
});

const amount = { amountFen: z.int().positive() };
const paymentForm = z.discriminatedUnion('status', [
  z.object({ ...amount, status: z.literal('PAID'), bankReference: z.string().min(1) }),
  z.object({ ...amount, status: z.literal('ACCEPTED') }),
  z.object({ ...amount, status: z.literal('REFUSED'), reason: z.string().min(1) }),
  z.object({ ...amount, status: z.literal('RETURNED') }),
]);
type PaymentData = z.infer<typeof paymentForm>;

/** First line of a statement's content: the columns of every line after it. */
export const STATEMENT_HEADER =
  'line,postedAt,reason,direction,amountFen,bankReference,requestNo,loanReference,counterparty';

const statementForm = z.object({
  day: z.string(),
  sm3: z.string(),
  lineCount: z.int().nonnegative(),
  content: z.string(),
});

export function createBankAdapter(gateway: Gateway): BankPort {
  return {
    async account(request) {
      const body = { card: request.card, holderName: request.holderName };
      const options = { signal: request.signal };
      const answer = await gateway.call(SERVICE, 'account', request.requestNo, body, options);
      return toPortAnswer(SERVICE, 'account', answer, accountForm, (data) => {
        if (data.card !== request.card) throw fail('account', 'WRONG_PERSON');
        return { match: data.result === 'MATCH', open: data.status === 'OPEN' };
      });
    },
    async transfer(request) {
      const { amountFen, toCard, holderName, purpose } = request;
      const body = { amountFen, toCard, holderName, purpose };
      const options = { signal: request.signal };
      const answer = await gateway.call(SERVICE, 'transfer', request.requestNo, body, options);
      return paymentAnswer('transfer', answer, amountFen);
    },
    async query(request) {
      // The bank knows a query by nothing but the number of the payment it is about.
      const answer = await gateway.call(
        SERVICE,
        'query',
        request.of,
        {},
        { signal: request.signal },
      );
      return paymentAnswer('query', answer, null);
    },
    async debit(request) {
      const { card, amountFen, loanReference } = request;
      const body = { card, amountFen, loanReference };
      const options = { signal: request.signal };
      const answer = await gateway.call(SERVICE, 'debit', request.requestNo, body, options);
      return paymentAnswer('debit', answer, amountFen);
    },
    async statement(request) {
      const body = { day: request.day };
      const options = { signal: request.signal, sealedAnswer: true };
      const answer = await gateway.call(SERVICE, 'statement', request.requestNo, body, options);
      return toPortAnswer(SERVICE, 'statement', answer, statementForm, (data) => {
        if (data.day !== request.day) throw fail('statement', 'BAD_ANSWER');
        return { lines: statementLines(data), sm3: data.sm3 };
      });
    },
  };
}

/** @param asked the amount we asked to be moved: an answer about another amount is about another payment */
function paymentAnswer(
  operation: string,
  answer: GatewayAnswer,
  asked: Fen | null,
): OutsideAnswer<TransferStatus> {
  if (answer.kind === 'NO_RECORD') return answer;
  const data = parseData(SERVICE, operation, paymentForm, answer.data);
  if (asked !== null && data.amountFen !== asked) throw fail(operation, 'BAD_ANSWER');
  // 3001 says accepted: an answer of that code which claims that money moved contradicts itself.
  if (answer.kind === 'ACCEPTED' && data.status !== 'ACCEPTED') throw fail(operation, 'BAD_ANSWER');
  return { kind: 'FOUND', charged: answer.charged, data: toStatus(data) };
}

function toStatus(data: PaymentData): TransferStatus {
  if (data.status === 'PAID') return { status: 'PAID', bankReference: data.bankReference };
  if (data.status === 'REFUSED') return { status: 'REFUSED', reason: data.reason };
  if (data.status === 'ACCEPTED') return { status: 'ACCEPTED' };
  // RETURNED: the money was paid and came back. The payee does not have it, which is what the caller must know.
  return { status: 'REFUSED', reason: data.status };
}

/** The movements without the header; a file that is not whole is no file. */
function statementLines(data: z.infer<typeof statementForm>): readonly string[] {
  const [header, ...rest] = data.content.split('\n');
  const last = rest.pop();
  const whole =
    header === STATEMENT_HEADER &&
    last === '' &&
    rest.length === data.lineCount &&
    sm3Hex(data.content) === data.sm3;
  if (!whole) throw fail('statement', 'BAD_ANSWER');
  return rest;
}

function fail(operation: string, code: 'BAD_ANSWER' | 'WRONG_PERSON'): OutsideFailure {
  return new OutsideFailure(SERVICE, operation, code);
}
