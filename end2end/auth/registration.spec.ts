// Signing up, confirming, forgetting and changing a password (A-17, P02, P03, L04, L06).
import { expect, test } from '../story.ts';
import { mailLink } from '../mail.ts';
import { fillIn, signOut } from '../people.ts';
import type { Page } from '@playwright/test';

const chosen = 'seven green doors';
const other = 'nine slow red boats';
const CONFIRM = 'Confirm your email address';
const RESET = 'Choose a new password';
const MOVE = 'Confirm your new email address';

/** Nobody else's: stories run side by side, and once with JavaScript and once without. */
const fresh = (name: string, js: boolean | undefined) => `${name}-${js === false ? 'nojs' : 'js'}-${Date.now()}@story.test`;

async function signUp(page: Page, email: string, password = chosen): Promise<void> {
  await page.goto('/');
  await page.getByRole('link', { name: 'Create an account' }).first().click();
  await page.getByLabel('Your name').fill('Stella Story');
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Organization').fill('Story & Sons');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
}

async function signedUp(page: Page, email: string): Promise<void> {
  await signUp(page, email);
  await expect(page.getByTestId('mailed-to')).toHaveText(email);
  await page.goto(await mailLink(page, email, CONFIRM));
  await page.getByLabel('Password', { exact: true }).fill(chosen);
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page).toHaveURL(/\/o\/story-sons/);
}

test('A-17: sign up, confirm by mail, and in; out, and in again', async ({ page, javaScriptEnabled }) => {
  const email = fresh('new', javaScriptEnabled);
  await signUp(page, email);
  await expect(page.getByRole('heading', { level: 1, name: 'Check your mail' })).toBeVisible();
  await expect(page.getByTestId('mailed-to')).toHaveText(email);
  await page.getByRole('button', { name: 'Send it again' }).click();
  await expect(page.getByTestId('flash')).toBeVisible();

  const link = await mailLink(page, email, CONFIRM);
  await page.goto(link);
  await expect(page).toHaveURL(/\/verify-email$/);
  await page.getByLabel('Password', { exact: true }).fill('not what I chose');
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByTestId('form-error')).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(chosen);
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page).toHaveURL(/\/o\/story-sons/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

  await signOut(page);
  await page.goto('/sign-in');
  await fillIn(page, email, chosen);
  await page.waitForURL((url) => url.pathname === '/');
  await expect(page.getByText('Story & Sons')).toBeVisible();
});

test('what is wrong comes back beside its field, with the rest as typed', async ({ page }) => {
  await page.goto('/sign-up');
  await page.getByLabel('Your name').fill('Stella Story');
  await page.getByLabel('Email', { exact: true }).fill('not an address');
  await page.getByLabel('Organization').fill('Story & Sons');
  await page.getByLabel('Password', { exact: true }).fill('password1');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.locator('#email-error')).toBeVisible();
  await expect(page.locator('#password-error')).toBeVisible();
  await expect(page.getByLabel('Your name')).toHaveValue('Stella Story');
  await expect(page.getByLabel('Email', { exact: true })).toHaveValue('not an address');
  await expect(page.getByLabel('Organization')).toHaveValue('Story & Sons');
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
});

test('P02: a forgotten password is chosen anew, and the old one is dead', async ({ page, context, javaScriptEnabled }) => {
  const email = fresh('forgetful', javaScriptEnabled);
  await signedUp(page, email);
  const old = await context.cookies();
  await context.clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByTestId('flash')).toBeVisible();

  await page.goto(await mailLink(page, email, RESET));
  await expect(page).toHaveURL(/\/reset-password$/);
  await page.getByLabel('New password', { exact: true }).fill('story');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.locator('#password-error')).toBeVisible();
  await page.getByLabel('New password', { exact: true }).fill(other);
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByTestId('flash')).toBeVisible();
  await fillIn(page, email, other);
  await page.waitForURL((url) => url.pathname === '/');

  await context.clearCookies();
  await context.addCookies(old);
  await page.goto('/o/story-sons');
  await expect(page, 'the session from before is over').toHaveURL(/\/sign-in/);
});

test('L06: the password is changed with the present one', async ({ page, javaScriptEnabled }) => {
  const email = fresh('careful', javaScriptEnabled);
  await signedUp(page, email);
  await page.goto('/account/password');
  await page.getByLabel('Current password').fill('not my password');
  await page.getByLabel('New password', { exact: true }).fill(other);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.locator('#current-error')).toBeVisible();
  await page.getByLabel('Current password').fill(chosen);
  await page.getByLabel('New password', { exact: true }).fill(other);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByTestId('flash')).toBeVisible();
});

test('L06: another address, confirmed by the new mailbox', async ({ page, javaScriptEnabled }) => {
  const [email, moved] = [fresh('mover', javaScriptEnabled), fresh('moved', javaScriptEnabled)];
  await signedUp(page, email);
  await page.goto('/account/email');
  await page.getByLabel('New address').fill(moved);
  await page.getByLabel('Your password', { exact: true }).fill(chosen);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByTestId('flash')).toBeVisible();
  await page.goto(await mailLink(page, moved, MOVE));
  await page.getByRole('button', { name: 'Use this address' }).click();
  await expect(page.getByTestId('email-now')).toHaveText(moved);
});

test('L04: the strength is said while one types, and nothing of it is needed', async ({ page, javaScriptEnabled }) => {
  await page.goto('/sign-up');
  await expect(page.locator('#password-hint')).toContainText('At least 8 characters');
  test.skip(javaScriptEnabled === false, 'without JavaScript the hint is all');
  await page.getByLabel('Organization').fill('Story & Sons');
  const strength = page.getByTestId('strength');
  for (const [password, words] of [
    ['short', /at least 8 characters/],
    ['password1', /first passwords somebody would try/],
    ['storysons', /your name, address or organization/],
    [chosen, /Strong/],
  ] as const) {
    await page.getByLabel('Password', { exact: true }).fill(password);
    await expect(strength).toHaveText(words);
  }
  await page.getByLabel('Password', { exact: true }).fill('');
  await expect(strength).toHaveText('');
});
