// P-06: the flag takes the action and its endpoint away, without a restart. Has a stack of its own.
import { expect, test as story } from '../story.ts';
import { asForm, signIn } from '../people.ts';
import { startStack, type Stack } from '../stack.ts';

const test = story.extend<object, { stack: Stack }>({
  stack: [
    async ({}, use, worker) => {
      const stack = await startStack(`flag-${worker.project.name}-${worker.workerIndex}`);
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ stack }, use) => use(stack.baseURL),
});

test('P-06: flag off, no action, 404, and no call to Stripe; flag on, all is back', async ({ page, context, stack }) => {
  const open = () =>
    context.request.post(`${stack.baseURL}/api/billing/open-portal`, {
      form: { org: 'acme' },
      headers: asForm(stack.baseURL),
      maxRedirects: 0,
    });
  const action = page.getByTestId('billing-portal-action');
  await signIn(page, 'owner');
  await page.goto('/o/acme/settings/billing');
  await expect(action).toBeVisible();

  await stack.portico('flags', 'set', 'billing_portal', 'off');
  await expect.poll(async () => (await open()).status(), { timeout: 1000, intervals: [100] }).toBe(404);
  // What is told by events is fetched by workers, whenever they come to it: what is asked for is posted.
  const posted = async () => (await stack.stripeRequests()).filter((request) => request.method === 'POST').length;
  const calls = await posted();
  await page.reload();
  await expect(action).toHaveCount(0);
  expect((await open()).status()).toBe(404);
  expect(await posted()).toBe(calls);

  await stack.portico('flags', 'set', 'billing_portal', 'on');
  await expect.poll(async () => (await open()).status(), { timeout: 1000, intervals: [100] }).toBe(303);
  await page.reload();
  await expect(action).toBeVisible();
});
