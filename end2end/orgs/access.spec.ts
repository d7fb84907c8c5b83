// When and from where an organisation may be used.
import { expect, ownStack } from '../account/own-stack.ts';
import { signIn } from '../people.ts';

const test = ownStack();

test('A-13: an owner limits hours and networks, is kept from shutting themselves out, and takes it back', async ({ page }) => {
  await signIn(page, 'globexOwner');
  await page.goto('/o/globex/settings/security');
  await page.getByLabel('Only from certain networks').check();
  await page.getByLabel('Addresses', { exact: true }).fill('203.0.113.0/24');
  await page.getByTestId('save-access-rules').click();
  await expect(page.getByText('yours is not among them')).toBeVisible();
  await expect(page.getByLabel('Addresses', { exact: true })).toHaveValue('203.0.113.0/24');
  await expect(page.getByLabel('Only from certain networks')).toBeChecked();

  await page.getByLabel('Addresses', { exact: true }).fill('203.0.113.0/24\n127.0.0.1\n::1');
  await page.getByLabel('Only at certain hours').check();
  await page.getByLabel('Time zone').fill('Mars/Olympus');
  await page.getByTestId('save-access-rules').click();
  await expect(page.locator('#time_zone-error')).toBeVisible();
  await page.getByLabel('Time zone').fill('UTC');
  for (const day of ['Sat', 'Sun']) await page.getByLabel(day, { exact: true }).check();
  await page.getByLabel('From', { exact: true }).fill('00:00');
  await page.getByLabel('Until', { exact: true }).fill('23:59');
  await page.getByTestId('save-access-rules').click();
  await expect(page.getByTestId('flash')).toBeVisible();
  await expect(page.getByLabel('Time zone')).toHaveValue('UTC');

  await page.getByLabel('Only at certain hours').uncheck();
  await page.getByLabel('Only from certain networks').uncheck();
  await page.getByTestId('save-access-rules').click();
  await expect(page.getByTestId('flash')).toBeVisible();
  await expect(page.getByLabel('Only at certain hours')).not.toBeChecked();
});

test('A-13: the way around says what it does, then opens for an hour', async ({ page }) => {
  await signIn(page, 'owner');
  await page.goto('/o/acme/break-glass');
  await expect(page.getByText('every owner gets a mail')).toBeVisible();
  await page.getByTestId('break-glass').click();
  await expect(page).toHaveURL(/\/o\/acme\/settings\/security$/);
  await expect(page.getByTestId('flash')).toContainText('for an hour');
});
