// An organisation's name and address, its data taken along, and its end (A-18, T10).
import { readFile } from 'node:fs/promises';
import { expectAccessible } from '../accessible.ts';
import { expect, ownStack } from '../account/own-stack.ts';
import { mailLink } from '../mail.ts';
import { people, signIn, signOut } from '../people.ts';

const test = ownStack();

test('A-18: it gets another name and address, and the old address leads there', async ({ page, javaScriptEnabled }) => {
  await signIn(page, 'owner');
  await page.goto('/o/acme/settings');
  await page.getByLabel('Address', { exact: true }).fill('not an address');
  await page.getByTestId('update-organization').click();
  await expect(page.getByTestId('form-error')).toContainText('small letters');
  await expect(page.getByLabel('Address', { exact: true })).toHaveValue('not an address');
  for (const colorScheme of javaScriptEnabled === false ? [] : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme);
  }
  await page.getByLabel('Name', { exact: true }).fill('Acme Labs');
  await page.getByLabel('Address', { exact: true }).fill('acme-labs');
  await page.getByTestId('update-organization').click();
  await expect(page.getByTestId('flash')).toHaveText('Saved.');
  await expect(page).toHaveURL(/\/o\/acme-labs\/settings$/);
  await page.goto('/o/acme/settings/members');
  await expect(page).toHaveURL(/\/o\/acme-labs\/settings\/members$/);
  await page.goto('/o/acme-labs/settings');
  await page.getByLabel('Name', { exact: true }).fill('Acme Inc.');
  await page.getByLabel('Address', { exact: true }).fill('acme');
  await page.getByTestId('update-organization').click();
  await expect(page).toHaveURL(/\/o\/acme\/settings$/);
});

test('T10: its data is taken along, it is closed, and an owner keeps it after all', async ({ page, javaScriptEnabled, mayComplain }) => {
  mayComplain(/status of 403/);
  await signIn(page, 'globexOwner');
  await page.goto('/o/globex/settings');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-organization').click()]);
  const copy = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(copy.organization.address).toBe('globex');
  expect(copy.members.map((member: { email: string }) => member.email)).toContain(people.globexOwner);

  const address = page.getByLabel('Address of the organization');
  await address.fill('acme');
  await page.getByTestId('delete-organization').click();
  await expect(page.getByTestId('form-error')).toContainText('not its address');
  await address.fill('globex');
  await page.getByTestId('delete-organization').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This organization is closing');
  for (const colorScheme of javaScriptEnabled === false ? [] : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme);
  }
  await page.goto('/');
  await expect(page.getByText('It is closing')).toBeVisible();
  await signOut(page);

  // Somebody else in it sees why, and can't take it back.
  await signIn(page, 'both');
  await page.goto('/o/globex');
  await expect(page.getByTestId('error-page')).toContainText('is closing');
  await page.goto('/o/globex/closing');
  await expect(page.getByTestId('error-page')).toContainText("can't do that");
  await signOut(page);

  // The mail leads the owner to the way back.
  const link = await mailLink(page, people.globexOwner, 'An organization of yours will be deleted');
  await signIn(page, 'globexOwner');
  await page.goto(link);
  await page.getByTestId('restore-organization').click();
  await expect(page.getByTestId('flash')).toContainText('open again');
  await page.goto('/o/globex');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
