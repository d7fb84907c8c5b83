// The audit log: looked through, taken along, kept as long as the owner says (V01).
import { readFile } from 'node:fs/promises';
import { expectAccessible } from '../accessible.ts';
import { expect, ownStack } from '../account/own-stack.ts';
import { signIn } from '../people.ts';

const test = ownStack();

test('V01: entries are filtered, exported as CSV, and kept as long as an owner says', async ({ page, javaScriptEnabled }) => {
  await signIn(page, 'owner');
  await page.goto('/o/acme/settings');
  await page.getByLabel('Name', { exact: true }).fill('=1+1');
  await page.getByTestId('update-organization').click();
  await page.getByLabel('Name', { exact: true }).fill('Acme Inc.');
  await page.getByTestId('update-organization').click();

  await page.goto('/o/acme/settings/audit');
  await page.getByTestId('open-filter').click();
  await page.getByLabel('What', { exact: true }).selectOption('Change name or address');
  await page.getByLabel('Who, or about whom').fill('owner@acme');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page.getByTestId('audit-row')).toHaveCount(2);
  await expect(page).toHaveURL(/action=organization\.update/);
  await expect(page.getByLabel('What', { exact: true })).toHaveValue('organization.update');
  for (const colorScheme of javaScriptEnabled === false ? [] : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme);
  }
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-audit').click()]);
  expect(download.suggestedFilename()).toBe('portico-audit-log.csv');
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toContain(",'=1+1 (/o/acme),");

  await page.getByRole('link', { name: 'Show everything' }).click();
  await expect(page).toHaveURL(/\/settings\/audit$/);
  await page.goto('/o/acme/settings/audit?until=2001-01-01');
  await expect(page.getByTestId('no-entries')).toContainText('Nothing fits');

  await page.getByLabel('Keep entries').selectOption('One year');
  await page.getByTestId('set-audit-retention').click();
  await expect(page.getByTestId('flash')).toContainText('holds from now on');
  await expect(page.getByLabel('Keep entries')).toHaveValue('365');
  await expect(page.getByTestId('audit-row').first()).toContainText('kept for 365 days');
});
