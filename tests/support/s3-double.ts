/**
 * A bucket that speaks as much of S3 as the object store uses, on this machine: path-style PUT, GET, HEAD and DELETE. It
 * checks signature version 4 by the published rules, with node:crypto alone, and the digest of every body.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Double {
  /** Address of its bucket. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What it holds, by path below the bucket. */
  readonly held: Map<string, Buffer>;
  /** Statuses that the next requests are answered with instead; 0 cuts the connection. */
  readonly faults: number[];
  /** Requests that came, refused ones as well. */
  requests: number;
  close(): Promise<void>;
}

const BUCKET = '/records';
const sha256 = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Why the request's signature is not good, or null. */
function refuse(
  request: IncomingMessage,
  body: Buffer,
  keys: Pick<S3Double, 'region' | 'accessKeyId' | 'secretAccessKey'>,
): string | null {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? '');
  if (parts === null) return 'AuthorizationHeaderMalformed';
  const [, keyId = '', day = '', region = '', names = '', signature = ''] = parts;
  const one = (name: string): string => String(request.headers[name] ?? '');
  if (keyId !== keys.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== keys.region) return 'AuthorizationHeaderMalformed';
  const signedNames = names.split(';');
  for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256'])
    if (!signedNames.includes(name)) return 'AccessDenied';
  if (one('x-amz-content-sha256') !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const canonical = [
    request.method,
    new URL(request.url ?? '', 'http://s3').pathname,
    '',
    ...signedNames.map((name) => `${name}:${one(name).trim()}`),
    '',
    names,
    one('x-amz-content-sha256'),
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', one('x-amz-date'), scope, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (last, part) => hmac(last, part),
    Buffer.from(`AWS4${keys.secretAccessKey}`),
  );
  const good = timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'));
  return good ? null : 'SignatureDoesNotMatch';
}

function answer(response: ServerResponse, status: number, body: Buffer | string = ''): void {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function serve(double: S3Double, request: IncomingMessage, response: ServerResponse, body: Buffer) {
  double.requests += 1;
  const fault = double.faults.shift();
  if (fault === 0) return void request.socket.destroy();
  if (fault !== undefined) return answer(response, fault, '<Error><Code>SlowDown</Code></Error>');
  const refusal = refuse(request, body, double);
  if (refusal !== null) return answer(response, 403, `<Error><Code>${refusal}</Code></Error>`);
  const path = new URL(request.url ?? '', 'http://s3').pathname;
  if (!path.startsWith(`${BUCKET}/`)) return answer(response, 404, 'NoSuchBucket');
  const name = path.slice(BUCKET.length + 1);
  const found = double.held.get(name);
  if (request.method === 'PUT') {
    double.held.set(name, body);
    return answer(response, 200);
  }
  if (request.method === 'DELETE') {
    double.held.delete(name);
    return answer(response, 204);
  }
  return found === undefined ? answer(response, 404) : answer(response, 200, found);
}

/** Opens an empty bucket on a free port. */
export async function openS3Double(): Promise<S3Double> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => serve(double, request, response, Buffer.concat(pieces)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address and no path.
  const { port } = server.address() as AddressInfo;
  const double: S3Double = {
    url: `http://127.0.0.1:${port}${BUCKET}`,
    region: 'cn-north-1',
    accessKeyId: 'AKTEST',
    secretAccessKey: 'not-a-secret',
    held: new Map(),
    faults: [],
    requests: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}
