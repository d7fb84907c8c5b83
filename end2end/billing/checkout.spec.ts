// B-03, B-04: buying a plan, in a real browser, with the sandbox delivering what happened. A stack of
// its own: what is bought stays bought.
import { type Page } from '@playwright/test';
import { expect, test as story } from '../story.ts';
import { signIn } from '../people.ts';
import { startStack, type Stack } from '../stack.ts';
import { fillCard } from '../sandbox/hosted.ts';

const test = story.extend<{ stack: Stack }>({
  stack: async ({}, use, info) => {
    const stack = await startStack(`checkout-${info.project.name}-${info.workerIndex}-${info.retry}-${info.testId}`);
    await use(stack);
    await stack.stop();
  },
  baseURL: async ({ stack }, use) => use(stack.baseURL),
});

async function pay(page: Page, card: string) {
  await fillCard(page, card);
  await page.getByTestId('pay').click();
}

test('B-03: a card is declined, another one pays, and the plan is there once we are told', async ({ page, stack, mayComplain }) => {
  mayComplain(/status of 402/);
  await signIn(page, 'globexOwner');
  await page.goto('/o/globex/settings/billing');
  await expect(page.getByTestId('plan-name')).toHaveText('Free');
  await page.getByTestId('plans-link').click();
  // A yearly one, with a card: Enterprise asks for one before its trial.
  const enterprise = page.locator('[data-plan=enterprise]');
  await enterprise.getByLabel('By the year').check();
  await enterprise.getByTestId('choose-enterprise').click();
  await expect(page).toHaveURL(new RegExp(`^${stack.hostedURL}/c/pay/`));
  await expect(page.getByTestId('order-line')).toContainText('Enterprise');
  await pay(page, '4000 0000 0000 0002');
  await expect(page.getByTestId('declined')).toBeVisible();
  await pay(page, '4242 4242 4242 4242');
  await expect(page).toHaveURL(new RegExp(`^${stack.baseURL}/o/globex/settings/billing`));
  await expect(page.getByTestId('plan-name')).toHaveText('Enterprise', { timeout: 15_000 });
  await expect(page.getByTestId('subscription-status')).toHaveText('Trial');
  await expect(page.getByTestId('checkout-confirming')).toHaveCount(0);
  await page.getByTestId('plans-link').click();
  await expect(page.locator('[data-plan=enterprise]')).toContainText('Your plan');
  await expect(page.getByTestId(/^choose-/)).toHaveCount(0);
});

test('L-01: a trial without a card begins at once', async ({ page, stack }) => {
  await signIn(page, 'globexOwner');
  await page.goto('/o/globex/settings/billing/plans');
  await page.getByTestId('choose-pro').click();
  await expect(page).toHaveURL(new RegExp(`^${stack.hostedURL}/c/pay/`));
  await expect(page.getByTestId('headline-amount')).toContainText('14 days free');
  await page.getByTestId('pay').click();
  await expect(page.getByTestId('plan-name')).toHaveText('Pro', { timeout: 15_000 });
  await expect(page.getByTestId('subscription-status')).toHaveText('Trial');
});

test('two tabs: the first one can no longer be paid, and the second one buys one plan', async ({ page, context, stack, mayComplain }) => {
  mayComplain(/status of 4\d\d/);
  await signIn(page, 'globexOwner');
  await page.goto('/o/globex/settings/billing/plans');
  const other = await context.newPage();
  await other.goto('/o/globex/settings/billing/plans');
  await page.getByTestId('choose-pro').click();
  await expect(page).toHaveURL(/\/c\/pay\//);
  await other.getByTestId('choose-basic').click();
  await expect(other).toHaveURL(/\/c\/pay\//);
  await page.getByTestId('pay').click();
  await other.getByTestId('pay').click();
  await expect(other.getByTestId('plan-name')).toHaveText('Basic', { timeout: 15_000 });
  const reply = await context.request.get(`${stack.stripeURL}/v1/subscriptions?status=all`, {
    headers: { authorization: 'Bearer sk_test_sandbox' },
  });
  const made = ((await reply.json()) as { data: { metadata: Record<string, string> }[] }).data;
  // acme's is of the demo.
  expect(made.filter((one) => one.metadata['portico_organization'])).toHaveLength(1);
});

test('who comes back without paying is where they were', async ({ page }) => {
  await signIn(page, 'globexOwner');
  await page.goto('/o/globex/settings/billing/plans');
  await page.getByTestId('choose-basic').click();
  await expect(page).toHaveURL(/\/c\/pay\//);
  await page.getByTestId('cancel-link').click();
  await expect(page).toHaveURL(/\/o\/globex\/settings\/billing\/plans$/);
  await expect(page.getByTestId('choose-basic')).toBeVisible();
});
