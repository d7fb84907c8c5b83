// The production cookie, behind TLS (A-10, C-02, S01): `__Host-…; Secure; SameSite=Strict`
// survives the return from Stripe's hosted page, which is on another site.
import { expect, test } from '../story.ts';
import { signIn } from '../people.ts';
import { freePort, startStack, type Stack } from '../stack.ts';
import { startTlsProxy } from '../tls-proxy.ts';
import { openPortalAndReturn } from '../billing/walk.ts';

let stack: Stack;
let stopProxy: () => Promise<void>;

test.beforeAll(async ({}, info) => {
  const port = await freePort();
  stack = await startStack(`tls-${info.project.name}`, {
    baseURL: `https://127.0.0.1:${port}`,
    settings: { PORTICO_TRUSTED_PROXIES: '127.0.0.1' },
  });
  stopProxy = await startTlsProxy(`tls-${info.project.name}`, port, stack.localURL);
});
test.afterAll(async () => {
  await stopProxy?.();
  await stack?.stop();
});
test.use({ baseURL: async ({}, use) => use(stack.baseURL), ignoreHTTPSErrors: true });

test('A-10: behind TLS the cookie is the production one, and the walk to Stripe and back ends signed in', async ({ page, context }) => {
  await signIn(page, 'owner');
  const session = (await context.cookies()).filter((cookie) => cookie.sameSite === 'Strict');
  expect(session.length).toBeGreaterThan(0);
  for (const cookie of session) {
    expect(cookie.name).toMatch(/^__Host-/);
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, path: '/', domain: '127.0.0.1' });
  }
  await openPortalAndReturn(page, 'acme', stack.hostedURL);
  await page.reload();
  await expect(page.getByTestId('billing-portal-action')).toBeVisible();
});

test('C-02: every answer says that https is for good', async ({ page, mayComplain }) => {
  mayComplain(/status of 404/);
  for (const path of ['/sign-in', '/nowhere', '/o/acme/settings'])
    expect((await page.goto(path))!.headers()['strict-transport-security']).toMatch(/max-age=\d{8,}/);
});
