/** Sign-in as worlds that are about something else hold it: keys of its own, a provider that nobody is sent to. */
import type { SignInParts } from '../../../api/auth/parts.ts';
import { createSignInLimits } from '../../../api/auth/limits.ts';
import { ProviderUnreachable } from '../../../api/auth/staff-provider.ts';
import { createTokenIssuer } from '../../../api/auth/token-issuer.ts';
import type { Db } from '../../../db/database.ts';
import { makeTokenKeys, parseTokenKeys } from '../../../platform/token-keys.ts';

const SECRET = Buffer.alloc(32, 7);

/** Parts whose provider is out of reach. */
export function quietSignIn(db: Db): SignInParts {
  return {
    provider: {
      begin: () => Promise.reject(new ProviderUnreachable(undefined)),
      finish: async () => ({ ok: false, refusal: 'UNAVAILABLE', cause: undefined }),
      endSessionUrl: async () => null,
    },
    tokens: createTokenIssuer({
      keys: parseTokenKeys(makeTokenKeys()),
      issuer: 'http://api.test',
      audience: 'xindai-test',
    }),
    limits: createSignInLimits(db, SECRET),
    secret: SECRET,
    answerFloorMs: 0,
  };
}
