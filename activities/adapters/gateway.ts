/** The signed call to every service outside: sealed body, signed headers, an answer that must be theirs and to this call. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import {
  openBody,
  sealBody,
  sealedBody,
  signRequest,
  verifyAnswer,
} from '../../platform/crypto/envelope.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { OutsideFailure } from '../ports/answers.ts';
import { type CallName, type GatewayAnswer, readGatewayAnswer } from './gateway-answer.ts';
import { exchange, type Exchange, type Fetch } from './http-exchange.ts';

export type GatewayService =
  | 'pboc'
  | 'baihang'
  | 'identity'
  | 'registry'
  | 'ca'
  | 'tsa'
  | 'bank'
  | 'sms'
  | 'ocr';

/** The key a service signs its answers with. */
export interface ServiceKey {
  readonly keyId: string;
  /** SM2 public key, 130 hexadecimal digits. */
  readonly publicKey: string;
}

export interface GatewayOptions {
  /** For example `http://127.0.0.1:9090`; a path in it is kept and signed. */
  readonly baseUrl: string;
  readonly appId: string;
  readonly keyId: string;
  /** Our SM2 signing key, 64 hexadecimal digits. */
  readonly privateKey: string;
  /** By service name; an answer of a service without a key is never believed. */
  readonly serviceKeys: Readonly<Record<string, ServiceKey>>;
  /** SM2 public key that request bodies are sealed to. */
  readonly encryptionPublicKey: string;
  readonly clock: Clock;
  readonly timeoutMs?: number | undefined;
  readonly fetch?: Fetch | undefined;
}

export interface CallOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The answer's data travels sealed to us too: for answers that hold personal data. */
  readonly sealedAnswer?: boolean | undefined;
}

export interface Gateway {
  /**
   * Sends one request, once. The same `requestNo` with the same body may be sent again: the first answer comes back
   * and is charged once.
   * @throws OutsideFailure and nothing else
   */
  call(
    service: GatewayService,
    operation: string,
    requestNo: string,
    personalBody: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<GatewayAnswer>;
}

export function createGateway(options: GatewayOptions): Gateway {
  const base = options.baseUrl.replace(/\/+$/, '');
  // Answers are sealed to a pair of this process alone, so no stored key ever opens a recorded exchange.
  const answerKeys = generateSm2KeyPair();
  return {
    async call(service, operation, requestNo, personalBody, callOptions = {}) {
      const name: CallName = { service, operation, requestNo };
      const url = new URL(`${base}/${service}/v1/${operation}`);
      const sealed = sealBody(options.encryptionPublicKey, { ...personalBody, requestNo });
      const body = Buffer.from(JSON.stringify(sealed), 'utf8');
      const nonce = randomBytes(16).toString('hex');
      const headers = signRequest({
        method: 'POST',
        path: url.pathname + url.search,
        body,
        appId: options.appId,
        keyId: options.keyId,
        privateKey: options.privateKey,
        timestampMs: options.clock.now().getTime(),
        nonce,
      });
      headers['Content-Type'] = 'application/json';
      if (callOptions.sealedAnswer === true) headers['X-Answer-Key'] = answerKeys.publicKey;
      const result = await exchange(options.fetch ?? globalThis.fetch, {
        url: url.href,
        method: 'POST',
        headers,
        body,
        timeoutMs: callOptions.timeoutMs ?? options.timeoutMs,
        signal: callOptions.signal,
      });
      const answered = believe(options, service, operation, nonce, result);
      const answer = readGatewayAnswer(name, answered, options.clock.now());
      return callOptions.sealedAnswer === true
        ? openAnswer(name, answer, answerKeys.privateKey)
        : answer;
    },
  };
}

/** The body of an answer that is the service's own and to this very request; everything else is no answer. */
function believe(
  options: GatewayOptions,
  service: GatewayService,
  operation: string,
  nonce: string,
  result: Exchange,
): Buffer {
  if (result.kind !== 'ANSWERED') {
    const code = result.kind === 'NOTHING' ? 'UNREACHABLE' : 'BAD_ANSWER';
    throw new OutsideFailure(service, operation, code, { cause: result.cause });
  }
  const verified = verifyAnswer({
    status: result.status,
    body: result.body,
    headers: result.headers,
    requestNonce: nonce,
    publicKeyFor: (keyId) => {
      const key = options.serviceKeys[service];
      return key?.keyId === keyId ? key.publicKey : undefined;
    },
    nowMs: options.clock.now().getTime(),
  });
  if (verified.ok) return result.body;
  // A failing server or proxy does not sign; what it did with the request before it failed nobody knows.
  const code = result.status >= 500 ? 'UNREACHABLE' : 'BAD_ANSWER';
  throw new OutsideFailure(service, operation, code, {
    cause: new Error(`HTTP ${result.status}, answer not believed: ${verified.reason}`),
  });
}

function openAnswer(name: CallName, answer: GatewayAnswer, privateKey: string): GatewayAnswer {
  if (answer.kind !== 'FOUND') return answer;
  const sealed = sealedBody.safeParse(answer.data);
  if (!sealed.success) throw new OutsideFailure(name.service, name.operation, 'BAD_ANSWER');
  try {
    return { ...answer, data: openBody(privateKey, sealed.data) };
  } catch (cause) {
    throw new OutsideFailure(name.service, name.operation, 'BAD_ANSWER', { cause });
  }
}
