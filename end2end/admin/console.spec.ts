// The operators' console (W-06): there for staff with a second factor, events replayed, and acting as a
// member: seen on every page, closed where it must be, told in the audit log.
import { expectAccessible } from '../accessible.ts';
import { expect, ownStack } from '../account/own-stack.ts';
import { totpCode } from '../auth/authenticator.ts';
import { people, signIn } from '../people.ts';
import type { Page } from '@playwright/test';

const test = ownStack();

async function setUpTotp(page: Page): Promise<void> {
  await page.goto('/account/two-factor');
  await page.getByTestId('begin-totp').click();
  const key = await page.getByTestId('totp-key').innerText();
  await page.getByLabel('Code', { exact: true }).fill(totpCode(key));
  await page.getByTestId('confirm-totp').click();
  await expect(page.getByTestId('recovery-code')).toHaveCount(10);
}

/** As every page of the product: in light and dark, and on narrow screens. */
async function expectInOrder(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `${colorScheme}, ${page.url()}`);
  }
  const before = page.viewportSize()!;
  for (const width of [375, 320]) {
    await page.setViewportSize({ width, height: 700 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, `${page.url()} at ${width} px`).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize(before);
}

test('W-06: an operator finds and replays an event, and acts as a member', async ({ page, stack, javaScriptEnabled, mayComplain }) => {
  test.setTimeout(120_000);
  // A page on its way to the next is neither: its contrast can't be judged.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  mayComplain(/status of 40[34]/);
  const inOrder = async () => {
    if (javaScriptEnabled !== false) await expectInOrder(page);
  };
  await signIn(page, 'both');
  expect((await page.goto('/admin'))!.status(), 'for an owner it is not there').toBe(404);
  await setUpTotp(page);
  await stack.portico('staff', 'add', people.both);
  await page.goto('/admin');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await inOrder();

  // Something happens at the payment provider.
  await fetch(`${stack.stripeURL}/v1/customers`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_test_sandbox', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'name=Canary&email=canary@acme.test',
  });
  await expect(async () => {
    await page.goto('/admin/events?type=customer.created');
    await expect(page.getByTestId('event-row').first()).toBeVisible({ timeout: 1000 });
  }).toPass();
  await inOrder();
  await page.getByTestId('event-row').first().getByRole('link').click();
  await expect(page.getByTestId('event-body')).toContainText('customer.created');
  await expect(page.getByTestId('event-body')).toContainText('[hidden]');
  await expect(page.getByTestId('event-body')).not.toContainText('canary');
  await inOrder();
  await page.getByTestId('replay-event').click();
  await expect(page.getByTestId('flash')).toContainText('Judged again');

  await page.getByRole('link', { name: 'Failed mail' }).click();
  await expect(page.getByTestId('nothing')).toBeVisible();
  await inOrder();
  await page.getByRole('link', { name: 'Flags', exact: true }).click();
  await page.getByTestId('switch-off').click();
  await expect(page.getByTestId('flag-value')).toHaveText('off');
  await page.getByTestId('switch-on').click();
  await expect(page.getByTestId('flag-change')).toHaveCount(2);
  await inOrder();

  await page.getByRole('link', { name: 'Organizations' }).click();
  await page.getByLabel('Name, address or customer').fill('acme');
  await page.getByRole('button', { name: 'Look for it' }).click();
  await inOrder();
  await page.getByRole('link', { name: 'Acme Inc.' }).click();
  await expect(page.getByTestId('member-row')).toHaveCount(5);
  await inOrder();
  await page.getByRole('link', { name: 'Edith Editor' }).click();
  await page.getByTestId('impersonate').click();
  await expect(page.getByTestId('form-error')).toContainText('Say why');
  await inOrder();
  await page.getByLabel('Why').fill('Ticket 4711');
  await page.getByTestId('impersonate').click();
  await expect(page).toHaveURL(/\/o\/acme$/);
  await expect(page.getByTestId('impersonation-words')).toContainText(`You act as Edith Editor (${people.editor}) until`);
  await inOrder();
  await page.goto('/o/acme/settings');
  await expect(page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Billing' })).toHaveCount(0);
  for (const closed of ['/o/acme/settings/billing', '/account', '/account/password']) {
    expect((await page.goto(closed))!.status(), closed).toBe(403);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not while you act as somebody');
  }
  expect((await page.goto('/admin'))!.status()).toBe(404);
  await inOrder();
  await page.getByTestId('end-impersonation').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Acme Inc.');
  await expect(page.getByTestId('impersonation')).toHaveCount(0);

  await page.goto('/o/acme/settings/audit');
  await expect(page.getByTestId('audit-row').nth(1)).toContainText('Ticket 4711');
  await expect(page.getByTestId('audit-row').nth(1)).toContainText(people.editor);
});
