// Where one is signed in, and out again from elsewhere (S06).
import { expect, ownStack } from './own-stack.ts';
import { signIn, signOut } from '../people.ts';

const test = ownStack();

const ipad = 'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/604.1';

test('S06: one browser signs out the other, and then all others', async ({ page, browser, baseURL, javaScriptEnabled }) => {
  const elsewhere = await browser.newContext({ baseURL, javaScriptEnabled, userAgent: ipad });
  const there = await elsewhere.newPage();
  await signIn(there, 'editor');
  await signIn(page, 'editor');

  await page.goto('/account');
  await page.getByRole('link', { name: 'Sessions', exact: true }).click();
  await expect(page).toHaveURL(/\/account\/sessions$/);
  const rows = page.getByTestId('session-row');
  await expect(rows.filter({ has: page.getByTestId('this-session') })).toHaveCount(1);
  const tablet = rows.filter({ hasText: 'Safari on iPad' });
  await expect(tablet).toContainText('127.0.0.1');
  await tablet.getByRole('button', { name: 'Sign out Safari on iPad' }).click();
  await expect(page.getByTestId('flash')).toContainText('signed out');
  await expect(tablet).toHaveCount(0);

  await there.goto('/o/acme');
  await expect(there).toHaveURL(/\/sign-in/);
  await signIn(there, 'editor');
  await page.reload();
  await page.getByTestId('end-other-sessions').click();
  await expect(rows).toHaveCount(1);
  await there.goto('/account');
  await expect(there).toHaveURL(/\/sign-in/);
  await page.goto('/account');
  await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible();
  await elsewhere.close();
});

test('S08: after signing out, the way back shows nothing of the account', async ({ page }) => {
  await signIn(page, 'viewer');
  await page.goto('/account');
  await expect(page.getByTestId('account-overview')).toContainText('viewer@acme.test');
  await page.goto('/account/sessions');
  await signOut(page);
  for (let steps = 0; steps < 2; steps++) {
    await page.goBack();
    expect(await page.locator('body').innerText()).not.toContain('viewer@acme.test');
    await expect(page.getByTestId('account-overview')).toHaveCount(0);
    await expect(page.getByTestId('session-row')).toHaveCount(0);
  }
});
