// L-06, L-07: changing a plan that runs, in a real browser: what is shown is what is billed. A stack of its
// own: what is changed stays changed.
import { type Page } from '@playwright/test';
import { expect, test as story } from '../story.ts';
import { signIn } from '../people.ts';
import { startStack, type Stack } from '../stack.ts';

const test = story.extend<{ stack: Stack }>({
  stack: async ({}, use, info) => {
    const stack = await startStack(`change-${info.project.name}-${info.workerIndex}-${info.retry}-${info.testId}`);
    await use(stack);
    await stack.stop();
  },
  baseURL: async ({ stack }, use) => use(stack.baseURL),
});

const key = { authorization: 'Bearer sk_test_sandbox' };

/** What the provider billed acme last. */
async function lastInvoice(page: Page, stack: Stack) {
  const reply = await page.context().request.get(`${stack.stripeURL}/v1/invoices?limit=1`, { headers: key });
  return ((await reply.json()) as { data: { amount_due: number; status: string }[] }).data[0]!;
}

function cents(text: string | null): number {
  return Math.round(Number((text ?? '').replace(/[^0-9.]/g, '')) * 100);
}

async function toPlans(page: Page) {
  await signIn(page, 'owner');
  await page.goto('/o/acme/settings/billing');
  await expect(page.getByTestId('plan-name')).toHaveText('Pro');
  await page.getByTestId('plans-link').click();
}

test('L-06: an upgrade shows its amount, and that is what is billed', async ({ page, stack }) => {
  await toPlans(page);
  await page.getByTestId('switch-enterprise').click();
  await expect(page.getByTestId('from')).toContainText('Pro');
  await expect(page.getByTestId('to')).toContainText('Enterprise');
  await page.getByLabel('Seats').fill('7');
  await page.getByRole('button', { name: 'Show the amount' }).click();
  await expect(page.getByTestId('to')).toContainText('7 seats');
  const shown = cents(await page.getByTestId('due-now').textContent());
  expect(shown).toBeGreaterThan(10_000);
  await page.getByTestId('confirm-change').click();
  await expect(page).toHaveURL(/\/settings\/billing$/);
  await expect(page.getByTestId('flash')).toContainText('Your plan has changed');
  await expect(page.getByTestId('plan-name')).toHaveText('Enterprise');
  await expect(page.getByTestId('seats')).toHaveText('7 seats');
  await expect(page.getByTestId('next-invoice')).toHaveText('$203.00');
  expect(await lastInvoice(page, stack)).toMatchObject({ amount_due: shown, status: 'paid' });
});

test('L-07: to the year, at once', async ({ page, stack }) => {
  await toPlans(page);
  await page.getByTestId('switch-interval').click();
  await expect(page.getByTestId('to')).toContainText('$480 a year');
  const shown = cents(await page.getByTestId('due-now').textContent());
  await page.getByTestId('confirm-change').click();
  await expect(page.getByTestId('flash')).toBeVisible();
  expect(await lastInvoice(page, stack)).toMatchObject({ amount_due: shown, status: 'paid' });
});

test('L-06: a downgrade waits, says what is lost, and is taken back', async ({ page }) => {
  await toPlans(page);
  await page.getByTestId('switch-basic').click();
  await expect(page.getByTestId('losses')).toContainText('Projects: 10 instead of 100');
  await expect(page.getByTestId('change-day')).toBeVisible();
  await page.getByTestId('confirm-change').click();
  await expect(page.getByTestId('plan-name')).toHaveText('Pro');
  await expect(page.getByTestId('scheduled-change')).toHaveText('Basic, by the month');
  await expect(page.getByTestId('next-invoice')).toHaveText('$19.00');
  await page.getByTestId('keep-plan').click();
  await expect(page.getByTestId('flash')).toContainText('stays as it is');
  await expect(page.getByTestId('scheduled-change')).toHaveCount(0);
  await expect(page.getByTestId('next-invoice')).toHaveText('$49.00');
});

test('canceled in the portal, and kept from the settings', async ({ page, stack }) => {
  await signIn(page, 'owner');
  await page.goto('/o/acme/settings/billing');
  await page.getByTestId('billing-portal-action').click();
  await expect(page).toHaveURL(new RegExp(`^${stack.hostedURL}/p/`));
  await page.getByRole('link', { name: 'Cancel plan' }).click();
  await page.getByTestId('confirm-cancel').click();
  await page.goto('/o/acme/settings/billing');
  await expect(async () => {
    await page.reload();
    await expect(page.getByTestId('keep-plan')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 15_000 });
  await expect(page.locator('main')).toContainText('until it ends on');
  await page.getByTestId('keep-plan').click();
  await expect(page.getByTestId('keep-plan')).toHaveCount(0);
  await expect(page.locator('main')).toContainText('Renews on');
});
