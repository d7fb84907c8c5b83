// What one is called, and the way to one's account.
import { expect, ownStack } from './own-stack.ts';
import { signIn } from '../people.ts';

const test = ownStack();

test('a name is changed, and a bad one comes back with words beside it', async ({ page }) => {
  await signIn(page, 'owner');
  await page.goto('/o/acme');
  await page.getByTestId('person-menu').click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByRole('link', { name: 'Change email' })).toHaveAttribute('href', '/account/email');
  const name = page.getByLabel('Your name', { exact: true });
  await name.fill('   ');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByTestId('form-error')).toHaveText('Enter your name.');
  await name.fill('Olga Acme');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByTestId('flash')).toHaveText('Saved.');
  await expect(name).toHaveValue('Olga Acme');
  await page.goto('/o/acme/settings/members');
  await expect(page.getByTestId('member-row').filter({ hasText: 'owner@acme.test' })).toContainText('Olga Acme');
});

test('a page that is not there still says who is signed in', async ({ page, mayComplain }) => {
  mayComplain(/status of 404/);
  await signIn(page, 'viewer');
  await page.goto('/nowhere');
  await expect(page.getByTestId('error-page')).toBeVisible();
  await page.getByTestId('person-menu').click();
  await expect(page.getByRole('link', { name: 'Your account' })).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('viewer@acme.test');
});
