// Strict OpenID providers for stories, shaped like Google and Microsoft: `oidc-provider` with
// PKCE demanded, on `localhost`, which is another site than Portico's 127.0.0.1. Whoever signs
// in there types a name and any password.
import { createServer } from 'node:http';
import Provider, { interactionPolicy } from 'oidc-provider';

export const client = { id: 'portico-client', secret: 'portico-secret-of-the-stories' };
export const tenant = '11111111-2222-3333-4444-555555555555';

/** Who somebody is who signs in there: a demo person by their address, anybody else by their name. */
function claims(/** @type {string} */ login) {
  const email = login.includes('@') ? login : `${login}@example.test`;
  const oid = '99999999-8888-7777-6666-555555555555';
  return { sub: login, name: `${login[0].toUpperCase()}${login.slice(1)} Example`, email, email_verified: true, tid: tenant, oid };
}

/**
 * @param {'google' | 'microsoft'} shape
 * @param {number} port
 * @param {string} callback
 */
export async function startIdentityProvider(shape, port, callback) {
  const prefix = shape === 'microsoft' ? `/${tenant}/v2.0` : '';
  const issuer = `http://localhost:${port}${prefix}`;
  const policy = interactionPolicy.base();
  // May be asked for, and needs no page of its own: whoever isn't signed in there is asked who they are.
  const selectAccount = new interactionPolicy.Prompt({ name: 'select_account', requestable: true });
  selectAccount.checks.length = 0;
  policy.add(selectAccount);
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [callback],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'tid', 'oid'], email: ['email', 'email_verified'], profile: ['name'] },
    // As both do: who it is stands in the ID token.
    conformIdTokenClaims: false,
    interactions: { policy },
    findAccount: (_, id) => ({ accountId: id, claims: () => claims(id) }),
    cookies: { keys: ['of-the-stories'] },
  });
  const answer = provider.callback();
  const server = createServer((request, reply) => {
    if (!request.url?.startsWith(prefix)) return void reply.writeHead(404).end();
    request.originalUrl = request.url;
    request.url = request.url.slice(prefix.length) || '/';
    return answer(request, reply);
  });
  await new Promise((resolve) => server.listen(port, 'localhost', resolve));
  return { issuer, stop: () => server.close() };
}
