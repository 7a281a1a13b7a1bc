/**
 * RFC 3161: OpenSSL as the time-stamp authority answers our queries, and we judge its replies as it would.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTimestampAdapter } from '../../../activities/adapters/timestamp.ts';
import { readSignedContent } from '../../../platform/crypto/cms.ts';
import { DER, readSequence, write } from '../../../platform/crypto/der.ts';
import { sm3 } from '../../../platform/crypto/sm3.ts';
import {
  createTimestampQuery,
  type TimestampReplyToVerify,
  verifyTimestampReply,
} from '../../../platform/crypto/timestamp.ts';
import { openBench } from './openssl.ts';

const bench = openBench();
const CONFIG = `
[tsa]
default_tsa = t
[t]
serial = ${bench.path('serial')}
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sm3
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[stamper]
extendedKeyUsage = critical,timeStamping
[lax]
extendedKeyUsage = timeStamping
[server]
extendedKeyUsage = critical,timeStamping,serverAuth
`;

function certificate(name: string, section: string, days = '30'): void {
  bench.openssl(
    ...`req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`.split(
      ' ',
    ),
  );
  bench.openssl(
    ...`x509 -req -in ${name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days ${days} -extfile tsa.cnf -extensions ${section} -out ${name}.crt`.split(
      ' ',
    ),
  );
}

const document = Buffer.from('借款合同');
const query = { imprint: sm3(document), algorithm: 'SM3' as const, nonce: randomBytes(12) };
let reply: Buffer;
let ca: string;
let tsa: string;

function stamp(body: Buffer, signer = 'tsa'): Buffer {
  bench.file('query.tsq', body);
  const run = bench.openssl(
    ...`ts -reply -config tsa.cnf -section t -queryfile query.tsq -signer ${signer}.crt -inkey ${signer}.key -chain ca.crt -out reply.tsr`.split(
      ' ',
    ),
  );
  if (!run.ok) throw new Error(run.text);
  return bench.read('reply.tsr');
}

beforeAll(() => {
  bench.file('tsa.cnf', CONFIG);
  bench.file('serial', '01\n');
  bench.openssl(
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -subj /CN=tsa-ca -days 60'.split(
      ' ',
    ),
  );
  certificate('tsa', 'stamper');
  certificate('again', 'stamper');
  certificate('server', 'server');
  certificate('lax', 'lax');
  certificate('expired', 'stamper', '-1');
  reply = stamp(createTimestampQuery(query));
  ca = bench.read('ca.crt').toString();
  tsa = bench.read('tsa.crt').toString();
});
afterAll(() => {
  bench.remove();
});

function judge(change: Partial<TimestampReplyToVerify> = {}): unknown {
  return verifyTimestampReply({ ...query, reply, trustedCertificates: [tsa], ...change });
}
/** The stamp of `reply` signed anew by another certificate, with all the attributes a token needs. */
function resigned(signer: string): Buffer {
  const [, token] = readSequence(reply);
  bench.file('tst', readSignedContent(token?.raw ?? Buffer.alloc(0)).content);
  const run = bench.openssl(
    ...`cms -sign -cades -binary -nodetach -econtent_type 1.2.840.113549.1.9.16.1.4 -md sha256 -outform DER -in tst -signer ${signer}.crt -inkey ${signer}.key -out token`.split(
      ' ',
    ),
  );
  if (!run.ok) throw new Error(run.text);
  const granted = write(DER.SEQUENCE, write(DER.INTEGER, Buffer.from([0])));
  return write(DER.SEQUENCE, granted, bench.read('token'));
}
const refused = (reason: string): unknown => ({ ok: false, reason });

describe('a time stamp', () => {
  it('is asked for in a query that OpenSSL reads as we meant it', () => {
    bench.file('q.tsq', createTimestampQuery(query));
    const text = bench.openssl('ts', '-query', '-in', 'q.tsq', '-text').text;
    expect(text).toContain('Hash Algorithm: sm3');
    expect(text.toLowerCase()).toContain(
      query.nonce.toString('hex').replace(/^0+/, '').slice(0, 16),
    );
    expect(text).toContain('Certificate required: yes');
  });

  it('over an SM3 imprint is accepted, by the authority or by the CA above it, as OpenSSL accepts it', () => {
    const verdict = judge();
    expect(verdict).toMatchObject({ ok: true, policy: '1.2.3.4.1', serial: '02' });
    expect(judge({ trustedCertificates: [ca] })).toEqual(verdict);
    const age = Date.now() - (verdict as { ok: true; genTime: Date }).genTime.getTime();
    expect(Math.abs(age)).toBeLessThan(60_000);
    const run = bench.openssl(
      ...'ts -verify -queryfile query.tsq -in reply.tsr -CAfile ca.crt'.split(' '),
    );
    expect(run.text).toContain('Verification: OK');
  });

  it('is fetched by our adapter from an authority that is OpenSSL over plain HTTP, and the kept reply satisfies openssl ts -verify', async () => {
    const asked: (string | undefined)[] = [];
    const authority = createServer((request, response) => {
      asked.push(request.headers['content-type']);
      void buffer(request).then((body) => {
        response.setHeader('Content-Type', 'application/timestamp-reply');
        response.end(stamp(body));
      });
    });
    await new Promise<void>((ready) => authority.listen(0, '127.0.0.1', ready));
    try {
      const address = authority.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const url = `http://127.0.0.1:${port}/tsa`;
      const adapter = createTimestampAdapter({ url, trustedCertificates: [ca] });
      const signal = AbortSignal.timeout(10_000);
      const kept = await adapter.stamp(sm3(document), signal);
      expect(asked).toEqual(['application/timestamp-query']);
      // Only the document and the reply are left years later: the imprint is computed anew, by OpenSSL too.
      bench.file('kept.tsr', kept.reply);
      bench.file('document', document);
      const verify = (data: string) =>
        bench.openssl(...`ts -verify -data ${data} -in kept.tsr -CAfile ca.crt`.split(' ')).text;
      expect(verify('document')).toContain('Verification: OK');
      bench.file('other', '另一份合同');
      expect(verify('other')).toContain('Verification: FAILED');
      const stranger = createTimestampAdapter({
        url,
        trustedCertificates: [bench.read('again.crt').toString()],
      });
      await expect(stranger.stamp(sm3(document), signal)).rejects.toMatchObject({
        code: 'BAD_ANSWER',
      });
    } finally {
      authority.close();
    }
  });

  it('over a SHA-256 imprint is accepted', () => {
    const other = {
      imprint: randomBytes(32),
      algorithm: 'SHA-256' as const,
      nonce: randomBytes(8),
    };
    const answer = stamp(createTimestampQuery(other));
    expect(judge({ ...other, reply: answer })).toMatchObject({ ok: true });
  });

  it('is refused for another document, another algorithm or another nonce', () => {
    expect(judge({ imprint: sm3('other') })).toEqual(refused('IMPRINT_DIFFERS'));
    expect(judge({ algorithm: 'SHA-256' })).toEqual(refused('IMPRINT_DIFFERS'));
    expect(judge({ nonce: randomBytes(12) })).toEqual(refused('NONCE_DIFFERS'));
  });

  it('is refused from an authority nobody trusts', () => {
    certificate('stranger', 'stamper');
    const stranger = bench.read('stranger.crt').toString();
    expect(judge({ trustedCertificates: [] })).toEqual(refused('SIGNER_NOT_TRUSTED'));
    expect(judge({ trustedCertificates: [stranger] })).toEqual(refused('SIGNER_NOT_TRUSTED'));
  });

  it("is refused when its signature is not its signer's, or was made over another time", () => {
    const forged = Buffer.from(reply);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect(judge({ reply: forged })).toEqual(refused('SIGNATURE_WRONG'));
    const moved = Buffer.from(reply);
    const year = moved.indexOf(`${new Date().getUTCFullYear()}`, 'latin1');
    moved[year + 3] = 0x30;
    expect(judge({ reply: moved })).toEqual(refused('SIGNATURE_WRONG'));
  });

  it('is refused from a certificate that is not for time stamping alone, or had run out', () => {
    const trustedCertificates = [ca];
    expect(judge({ reply: resigned('again'), trustedCertificates })).toMatchObject({ ok: true });
    const purpose = refused('SIGNER_NOT_FOR_TIME_STAMPING');
    expect(judge({ reply: resigned('server'), trustedCertificates })).toEqual(purpose);
    expect(judge({ reply: resigned('lax'), trustedCertificates })).toEqual(purpose);
    const late = refused('SIGNER_NOT_VALID_THEN');
    expect(judge({ reply: resigned('expired'), trustedCertificates })).toEqual(late);
  });

  it('is refused when altered anywhere, without an exception', () => {
    for (let index = 0; index < reply.length; index += 3) {
      const broken = Buffer.from(reply);
      broken[index] = (broken[index] ?? 0) ^ 1;
      const verdict = verifyTimestampReply({ ...query, reply: broken, trustedCertificates: [tsa] });
      // A flipped bit outside what is signed may leave the stamp as good as it was, but never with another content.
      if (verdict.ok) expect(verdict).toEqual(judge());
    }
    expect(judge({ reply: reply.subarray(0, 40) })).toEqual(refused('MALFORMED'));
    expect(judge({ reply: Buffer.from('<html>') })).toEqual(refused('MALFORMED'));
  });

  it('is refused when the authority says no', () => {
    const wrong = Buffer.from(createTimestampQuery(query));
    const at = wrong.indexOf(Buffer.from('2a811ccf55018311', 'hex'));
    wrong[at + 7] = 0x12;
    expect(judge({ reply: stamp(wrong) })).toEqual(refused('REFUSED_BY_AUTHORITY'));
  });

  it('is not asked for with an imprint or a nonce of another size', () => {
    expect(() => createTimestampQuery({ ...query, imprint: randomBytes(20) })).toThrow('32 bytes');
    expect(() => createTimestampQuery({ ...query, nonce: Buffer.alloc(0) })).toThrow('1 to 20');
  });
});
