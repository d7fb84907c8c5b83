// Google, GitHub and Microsoft as a person clicks through them, all of
// them on another site than Portico. Strict stand-ins: nothing here is kind to a client.
import { expect, test as story } from '../story.ts';
import { client, startIdentityProvider } from '../identity-provider.mjs';
import { people, password, signIn, signOut } from '../people.ts';
import { freePort, startStack, type Stack } from '../stack.ts';
import type { Page } from '@playwright/test';

const test = story.extend<object, { stack: Stack }>({
  stack: [
    async ({}, use, worker) => {
      const providers: { stop(): void }[] = [];
      const stack = await startStack(`social-${worker.project.name}-${worker.workerIndex}`, {
        settings: async ({ localURL }) => {
          const settings: Record<string, string> = {};
          for (const shape of ['google', 'microsoft'] as const) {
            const provider = await startIdentityProvider(shape, await freePort(), `${localURL}/auth/${shape}/callback`);
            providers.push(provider);
            const name = `PORTICO_${shape.toUpperCase()}`;
            settings[`${name}_CLIENT_ID`] = client.id;
            settings[`${name}_CLIENT_SECRET`] = client.secret;
            settings[`${name}_ISSUER`] = provider.issuer;
          }
          return settings;
        },
      });
      await use(stack);
      await stack.stop();
      for (const provider of providers) provider.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ stack }, use) => use(stack.baseURL),
});

// The pages of `oidc-provider` have no icon, and want a font from afar.
test.beforeEach(({ mayComplain }) => mayComplain(/\(http:\/\/localhost:\d+\/favicon|\(https:\/\/fonts\.googleapis\.com\//));

/** Says yes at the provider, signing in there first where it asks. */
async function sayYes(page: Page, login: string): Promise<void> {
  await page.waitForURL((url) => url.hostname === 'localhost');
  if (await page.getByPlaceholder('Enter any login').isVisible()) {
    await page.getByPlaceholder('Enter any login').fill(login);
    await page.getByPlaceholder('and password').fill('anything');
    await page.getByRole('button', { name: 'Sign-in' }).click();
  }
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function signUpByGoogle(page: Page, login: string, organization: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByTestId('with-google').click();
  await sayYes(page, login);
  await expect(page).toHaveURL(/\/sign-up\/complete$/);
  await expect(page.getByText(`${login}@example.test`)).toBeVisible();
  await page.getByLabel('Organization', { exact: true }).fill(organization);
  await page.getByTestId('create-account').click();
  await expect(page).toHaveURL(new RegExp(`/o/${organization.toLowerCase()}$`));
}

test('A-02: signing up by Google, and in again', async ({ page, baseURL }) => {
  await signUpByGoogle(page, 'gina', 'Ginas');
  await signOut(page);
  await page.goto('/sign-in?next=/o/ginas/settings');
  await page.getByTestId('with-google').click();
  // Known there and here: nothing is asked any more.
  await page.waitForURL((url) => url.origin === baseURL && !url.pathname.startsWith('/auth/'));
  await expect(page).toHaveURL(/\/o\/ginas\/settings$/);
});

test('A-14: GitHub is linked on the account page, opens the account, and is removed', async ({ page, browser, baseURL }, info) => {
  await signUpByGoogle(page, 'greta', 'Gretas');
  await page.goto('/account/sign-in-methods');
  await expect(page.getByTestId('method-google')).toContainText('Your only way in');
  await page.getByTestId('link-github').click();
  await page.getByTestId('github-user').filter({ hasText: 'octo-vera' }).click();
  await expect(page).toHaveURL(/\/account\/sign-in-methods$/);
  await expect(page.getByTestId('flash')).toBeVisible();
  await expect(page.getByTestId('method-github')).toContainText('vera@github.test');

  const other = await browser.newContext({ baseURL, javaScriptEnabled: info.project.name === 'js' });
  const phone = await other.newPage();
  await phone.goto('/sign-in?next=/o/gretas');
  await phone.getByTestId('with-github').click();
  await phone.getByTestId('github-user').filter({ hasText: 'octo-vera' }).click();
  await expect(phone).toHaveURL(/\/o\/gretas$/);

  await page.getByTestId('unlink-github').click();
  await expect(page.getByTestId('method-github')).toHaveCount(0);
  await expect(page.getByTestId('flash')).toBeVisible();
  // Whoever came in by it is out.
  await phone.goto('/o/gretas');
  await expect(phone).toHaveURL(/\/sign-in/);
  await other.close();
});

test('O05: an address that has an account is linked after its password', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByTestId('with-google').click();
  await sayYes(page, people.globexOwner);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You already have an account');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByTestId('accept-link').click();
  await expect(page.getByTestId('form-error')).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByTestId('accept-link').click();
  await page.waitForURL((url) => url.pathname === '/');
  await page.goto('/account/sign-in-methods');
  await expect(page.getByTestId('method-google')).toContainText(people.globexOwner);
});

test('A-16: whoever says no at the provider comes back to where they can begin again', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByTestId('with-github').click();
  await page.getByTestId('github-cancel').click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByTestId('form-error')).toContainText('Nothing has changed');
});

test('A-15: Microsoft is linked by somebody who signed in with a password', async ({ page }) => {
  await signIn(page, 'editor');
  await page.goto('/account/sign-in-methods');
  await page.getByTestId('link-microsoft').click();
  await sayYes(page, 'mike');
  await expect(page.getByTestId('method-microsoft')).toContainText('mike@example.test');
});
