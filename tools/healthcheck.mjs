/**
 * Asks one address and ends with 0 when it answers well: the health check of the containers, which have no curl.
 */
const [address = 'http://127.0.0.1:8080/livez'] = process.argv.slice(2);
try {
  const answer = await fetch(address, { signal: AbortSignal.timeout(4_000) });
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1);
}
