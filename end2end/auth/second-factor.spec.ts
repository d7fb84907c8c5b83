// A second proof: authenticator app, recovery codes, passkeys (in Chromium's own virtual
// authenticator), proving once more who one is, and organisations that ask for it.
import { expectAccessible } from '../accessible.ts';
import { expect, test as story } from '../story.ts';
import { fillIn, password, people, signIn, signOut, type Person } from '../people.ts';
import { startStack, type Stack } from '../stack.ts';
import { passkeysIn, totpCode } from './authenticator.ts';
import type { Page } from '@playwright/test';

// A stack of its own: setting these up ends other sessions. Under a name, since browsers keep
// no passkeys for a number.
const test = story.extend<object, { stack: Stack }>({
  stack: [
    async ({}, use, worker) => {
      const stack = await startStack(`factors-${worker.project.name}-${worker.workerIndex}`, { host: 'localhost' });
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ stack }, use) => use(stack.baseURL),
});
test.describe.configure({ mode: 'default' });

const twoFactor = '/account/two-factor';

/** Sets up an app; answers its key and the recovery codes. */
async function setUpTotp(page: Page): Promise<{ key: string; codes: string[] }> {
  await page.goto(twoFactor);
  await page.getByTestId('begin-totp').click();
  await expect(page.getByTestId('totp-qr')).toBeVisible();
  const key = await page.getByTestId('totp-key').innerText();
  await page.getByLabel('Code', { exact: true }).fill(totpCode(key));
  await page.getByTestId('confirm-totp').click();
  await expect(page.getByTestId('recovery-code')).toHaveCount(10);
  const codes = await page.getByTestId('recovery-code').allInnerTexts();
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await expect(page.getByTestId('totp').getByText('On', { exact: true })).toBeVisible();
  return { key, codes };
}

async function firstStep(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-in');
  await fillIn(page, people[person], password);
  await expect(page).toHaveURL(/\/sign-in\/second-factor$/);
}

async function expectIn(page: Page): Promise<void> {
  await page.goto('/o/acme');
  await expect(page).toHaveURL(/\/o\/acme$/);
}

test('an authenticator app: set up, asked for, a used code refused, a lost device recovered, removed', async ({ page }) => {
  await signIn(page, 'viewer');
  const { key, codes } = await setUpTotp(page);
  await signOut(page);

  await firstStep(page, 'viewer');
  // Half-way in is nowhere.
  await page.goto('/o/acme');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.goto('/sign-in/second-factor');
  await page.getByLabel('Code', { exact: true }).fill(totpCode(key, -1));
  await page.getByTestId('second-factor').click();
  await expect(page.getByTestId('form-error').first()).toBeVisible();
  // The step after is good already, and not used.
  await page.getByLabel('Code', { exact: true }).fill(totpCode(key, 1));
  await page.getByTestId('second-factor').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await expectIn(page);
  await signOut(page);

  await firstStep(page, 'viewer');
  await page.getByText("I don't have my device").click();
  await page.getByLabel('Recovery code').fill(codes[3]!.toUpperCase());
  await page.getByTestId('use-recovery-code').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.goto(twoFactor);
  await expect(page.getByTestId('recovery-codes-left')).toContainText('9 left');

  await page.getByRole('button', { name: 'Remove authenticator app' }).click();
  await expect(page.getByTestId('flash')).toBeVisible();
  await signOut(page);
  await signIn(page, 'viewer');
  await expectIn(page);
});

test('the second step can be left', async ({ page }) => {
  await signIn(page, 'both');
  await setUpTotp(page);
  await signOut(page);
  await firstStep(page, 'both');
  await page.getByRole('button', { name: 'Back to sign-in' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto('/sign-in/second-factor');
  await expect(page).toHaveURL(/\/sign-in$/);
});

test('L06: one proves once more who one is, by the password, and goes on', async ({ page }) => {
  await signIn(page, 'admin');
  await page.goto('/account/confirm?next=/o/acme/settings/members');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByTestId('confirm').click();
  await expect(page.getByTestId('form-error').first()).toContainText('not your password');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByTestId('confirm').click();
  await page.waitForURL((url) => url.pathname === '/o/acme/settings/members');
});

test('an organisation asks for it: its pages are closed until one has it', async ({ page, browser, stack, mayComplain }) => {
  mayComplain(/status of 403/);
  await signIn(page, 'owner');
  await page.goto('/o/acme/settings/security');
  await expect(page.getByText('Set up yours first')).toBeVisible();
  await setUpTotp(page);
  await page.goto('/o/acme/settings/security');
  await page.getByTestId('require-second-factor').click();
  await expect(page.getByTestId('flash')).toBeVisible();

  const colleague = await browser.newContext({ baseURL: stack.baseURL, javaScriptEnabled: test.info().project.use.javaScriptEnabled });
  const theirs = await colleague.newPage();
  await signIn(theirs, 'editor');
  const closed = await theirs.goto('/o/acme/settings/members');
  expect(closed!.status()).toBe(403);
  await theirs.getByRole('link', { name: 'Go to two-factor sign-in' }).click();
  await expect(theirs.getByTestId('second-factor-required')).toContainText('asks for two-factor sign-in');
  await setUpTotp(theirs);
  await expect(theirs.getByTestId('second-factor-required')).toHaveCount(0);
  await expectIn(theirs);
  await colleague.close();

  await page.goto('/o/acme/settings/security');
  await page.getByTestId('require-second-factor').click();
  await expect(page.getByRole('button', { name: 'Require it from everybody' })).toBeVisible();
});

test('without JavaScript passkeys are not offered, and everything else is', async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled !== false, 'with JavaScript they are');
  await page.goto('/sign-in');
  await expect(page.getByTestId('passkey-sign_in')).toBeHidden();
  await signIn(page, 'globexOwner');
  await page.goto(twoFactor);
  await expect(page.getByTestId('passkey-add')).toBeHidden();
  await expect(page.getByText('Adding a passkey needs JavaScript')).toBeVisible();
  await expect(page.getByTestId('begin-totp')).toBeVisible();
});

test('a passkey: added, the second step, the only step, confirming, removed', async ({ page, context, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'passkeys need JavaScript');
  const device = await passkeysIn(context, page);
  await signIn(page, 'globexOwner');
  await page.goto(twoFactor);
  await page.getByLabel('What to call it').fill('My laptop');
  await page.getByTestId('passkey-add').click();
  await expect(page.getByTestId('recovery-code')).toHaveCount(10);
  expect(await device.count()).toBe(1);
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await expect(page.getByTestId('passkey-name')).toHaveText('My laptop');
  await signOut(page);

  await firstStep(page, 'globexOwner');
  await page.getByTestId('passkey-second_factor').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await signOut(page);

  await page.goto('/sign-in?next=/o/globex/settings/billing');
  await page.getByTestId('passkey-sign_in').click();
  await page.waitForURL((url) => url.pathname === '/o/globex/settings/billing');

  await page.goto('/account/confirm?next=/o/globex/settings');
  await page.getByTestId('passkey-confirm').click();
  await page.waitForURL((url) => url.pathname === '/o/globex/settings');

  // Nobody's finger: the browser gives nothing, and the page says what now.
  await device.verifying(false);
  await page.goto('/account/confirm?next=/o/globex/settings');
  await page.getByTestId('passkey-confirm').click();
  await expect(page.getByText('No passkey was used.')).toBeVisible();
  await device.verifying(true);

  await page.goto(twoFactor);
  const row = page.getByTestId('passkey-row');
  await row.getByLabel('Name').fill('Old laptop');
  await row.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByTestId('passkey-name')).toHaveText('Old laptop');
  await row.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByTestId('passkey-row')).toHaveCount(0);
  await signOut(page);
  await page.goto('/sign-in');
  await page.getByTestId('passkey-sign_in').click();
  await expect(page.getByTestId('form-error').first()).toContainText('was not accepted');
  await signIn(page, 'globexOwner');
});

test('the pages on the way are accessible in light and dark, and fit 320 px', async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'axe is JavaScript');
  await signIn(page, 'viewer');
  await page.goto(twoFactor);
  await page.getByTestId('begin-totp').click();
  await expect(page.getByTestId('totp-qr')).toBeVisible();
  await expectGood(page);
  const key = await page.getByTestId('totp-key').innerText();
  // A step ahead: this minute's may be used already.
  await page.getByLabel('Code', { exact: true }).fill(totpCode(key, 1));
  await page.getByTestId('confirm-totp').click();
  await expect(page.getByTestId('recovery-code')).toHaveCount(10);
  await expectGood(page);
  await page.goto(twoFactor);
  await expectGood(page);
  await signOut(page);
  await firstStep(page, 'viewer');
  await page.getByText("I don't have my device").click();
  await expectGood(page);
});

async function expectGood(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme);
  }
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 700 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide, 'page width at 320 px').toBeLessThanOrEqual(320);
  await page.setViewportSize(before);
}
