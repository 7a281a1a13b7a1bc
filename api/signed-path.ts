/** The path of a request as its signer wrote it: that is what was signed. */

export function signedPath(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
