// The production cookie, behind TLS (A-10, C-02, S01): `__Host-…; Secure; SameSite=Strict`
// survives the return from Stripe's hosted page, which is on another site.
import { expect, test as story } from '../story.ts';
import { signIn } from '../people.ts';
import { freePort, startStack, type Stack } from '../stack.ts';
import { startTlsProxy } from '../tls-proxy.ts';
import { openPortalAndReturn } from '../billing/walk.ts';

const test = story.extend<object, { stack: Stack }>({
  stack: [
    async ({}, use, worker) => {
      const name = `tls-${worker.project.name}-${worker.workerIndex}`;
      const port = await freePort();
      const stack = await startStack(name, {
        baseURL: `https://127.0.0.1:${port}`,
        settings: { PORTICO_TRUSTED_PROXIES: '127.0.0.1' },
      });
      const stopProxy = await startTlsProxy(name, port, stack.localURL).catch(async (error) => {
        await stack.stop();
        throw error;
      });
      await use(stack);
      await stopProxy();
      await stack.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ stack }, use) => use(stack.baseURL),
  ignoreHTTPSErrors: true,
});
// One stack for both stories.
test.describe.configure({ mode: 'default' });

test('A-10: behind TLS the cookie is the production one, and the walk to Stripe and back ends signed in', async ({ page, context, stack }) => {
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
