// Signing in and out with email and password (A-10, A-17, L01, S01).
import { expect, test } from '../story.ts';
import { fillIn, password, people, signIn, signOut } from '../people.ts';
import type { Page } from '@playwright/test';

test('A-17: the owner signs in and sees the organisation', async ({ page }) => {
  await signIn(page, 'owner');
  await page.goto('/o/acme');
  await expect(page).toHaveURL(/\/o\/acme$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('A-17: signing in needs no mouse', async ({ page, javaScriptEnabled }) => {
  await page.goto('/sign-in');
  await page.getByLabel('Email', { exact: true }).focus();
  await page.keyboard.type(people.owner);
  await page.getByLabel('Password', { exact: true }).focus();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname !== '/sign-in' && !url.pathname.startsWith('/api/'));
  expect(javaScriptEnabled === false || (await page.evaluate(() => localStorage.length)) === 0).toBe(true);
});

test('A-10: the session cookie is HttpOnly and Strict, and changes when one signs in (S01)', async ({ page, context }) => {
  await page.goto('/sign-in');
  const before = (await context.cookies()).map((cookie) => cookie.value);
  await signIn(page, 'owner');
  const strict = (await context.cookies()).filter((cookie) => cookie.sameSite === 'Strict');
  expect(strict.length).toBeGreaterThan(0);
  for (const cookie of strict) {
    expect(cookie).toMatchObject({ httpOnly: true, path: '/' });
    expect(before).not.toContain(cookie.value);
  }
});

test('a wrong password keeps the email, and says so beside the field', async ({ page }) => {
  await page.goto('/sign-in');
  await fillIn(page, people.editor, 'not the password');
  await expectRefusal(page);
  await expect(page.getByLabel('Email', { exact: true })).toHaveValue(people.editor);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  expect(page.url()).not.toContain('not%20the%20password');
  expect(page.url()).not.toContain('not+the+password');
});

test('L01: an unknown person and a wrong password read the same', async ({ page }) => {
  await page.goto('/sign-in');
  await fillIn(page, people.editor, 'not the password');
  const wrong = await expectRefusal(page);
  await page.goto('/sign-in');
  await fillIn(page, 'nobody@acme.test', 'not the password');
  expect(await expectRefusal(page)).toBe(wrong);
});

test('what is no email address is refused beside its field', async ({ page }) => {
  await page.goto('/sign-in');
  // Past the browser's own check, as an old browser or a script would come.
  await page.locator('form', { has: page.getByLabel('Password', { exact: true }) }).evaluate((form: HTMLFormElement) => {
    form.noValidate = true;
  });
  await fillIn(page, 'not an address', password);
  await expectRefusal(page);
  await expect(page.getByLabel('Email', { exact: true })).toHaveValue('not an address');
});

test('signing out ends the session, and the way back shows nothing', async ({ page, context }) => {
  await signIn(page, 'admin');
  await page.goto('/o/acme/settings');
  const cookies = await context.cookies();
  await signOut(page);
  await page.goto('/o/acme/settings');
  await expect(page).toHaveURL(/\/sign-in/);
  // The old cookie, brought back, opens nothing either.
  await context.clearCookies();
  await context.addCookies(cookies);
  await page.goto('/o/acme/settings');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a page that needs signing in comes after it', async ({ page }) => {
  await page.goto('/o/acme/settings/members');
  await expect(page).toHaveURL(/\/sign-in/);
  await fillIn(page, people.owner, password);
  await expect(page).toHaveURL(/\/o\/acme\/settings\/members$/);
});

for (const elsewhere of ['https://example.com/', '//example.com/', '/\\example.com', 'javascript:alert(1)']) {
  test(`next=${elsewhere} leads nowhere else`, async ({ page, baseURL }) => {
    await page.goto(`/sign-in?next=${encodeURIComponent(elsewhere)}`);
    await fillIn(page, people.owner, password);
    await page.waitForURL((url) => url.pathname !== '/sign-in' && !url.pathname.startsWith('/api/'));
    expect(new URL(page.url()).origin).toBe(baseURL);
  });
}

/** The message stands in text, and a field points at it. Gives the text. */
async function expectRefusal(page: Page): Promise<string> {
  const message = page.getByTestId('form-error').first();
  await expect(message).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
  const id = await message.evaluate((element) => element.closest('[id]')?.id ?? element.querySelector('[id]')?.id);
  expect(id, 'the message, or what holds it, has an id').toBeTruthy();
  await expect(page.locator(`input[aria-describedby~="${id}"]`)).not.toHaveCount(0);
  return (await message.innerText()).trim();
}
