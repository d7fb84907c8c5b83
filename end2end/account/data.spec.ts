// One's data: taken along as a file, and deleted with fourteen days to think again (T05).
import { readFileSync } from 'node:fs';
import { expectAccessible } from '../accessible.ts';
import { expect, ownStack } from './own-stack.ts';
import { fillIn, password, people, signIn } from '../people.ts';

const test = ownStack();

test('the export is a JSON file with what is ones own', async ({ page }) => {
  await signIn(page, 'viewer');
  await page.goto('/account/data');
  const download = page.waitForEvent('download');
  await page.getByTestId('export-data').click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('portico-account.json');
  const data = JSON.parse(readFileSync(await file.path(), 'utf8'));
  expect(data.profile.email).toBe(people.viewer);
  expect(data.organizations).toEqual([expect.objectContaining({ address: 'acme', role: 'Viewer' })]);
  expect(data.sessions.length).toBeGreaterThan(0);
});

test('an account is deleted, and kept by signing in again in time', async ({ page, javaScriptEnabled }) => {
  await signIn(page, 'admin');
  await page.goto('/account/data');
  await page.getByLabel('Your email address', { exact: true }).fill('somebody@else.test');
  await page.getByTestId('delete-account').click();
  await expect(page.getByTestId('form-error')).toContainText('not the address of this account');
  await page.getByLabel('Your email address', { exact: true }).fill(people.admin);
  await page.getByTestId('delete-account').click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByTestId('flash')).toContainText('14 days');
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);

  await fillIn(page, people.admin, password);
  await expect(page).toHaveURL(/\/keep-account$/);
  await expect(page.getByTestId('keep-account')).toContainText(people.admin);
  // axe is JavaScript.
  for (const colorScheme of javaScriptEnabled === false ? [] : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme);
  }
  await page.goto('/o/acme');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/keep-account');
  await page.getByTestId('keep').click();
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByTestId('flash')).toHaveText('Your account stays.');
  await page.goto('/o/acme');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('T05: the last owner of others is told what is in the way, and gets no form', async ({ page }) => {
  await signIn(page, 'globexOwner');
  await page.goto('/account/data');
  await expect(page.getByTestId('deletion-blocked')).toContainText('only owner');
  await expect(page.getByTestId('delete-account')).toHaveCount(0);
  await page.getByTestId('deletion-blocked').getByRole('link', { name: 'Members' }).click();
  await expect(page).toHaveURL(/\/o\/globex\/settings\/members$/);
});
