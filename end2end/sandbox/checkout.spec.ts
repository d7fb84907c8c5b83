// The hosted checkout page, as a person uses it.
import { atWebsite, expect, fillCard, test } from './hosted.ts';

test('a plan is bought, and the way leads to the website', async ({ page, stripe }) => {
  const session = await stripe.checkout({ 'subscription_data[trial_period_days]': 7 });
  await page.goto(session.url);
  await expect(page.getByTestId('sandbox-banner')).toHaveText('Sandbox - no real money');
  await expect(page.getByTestId('trial-text')).toHaveText('7 days free, then 49.00 EUR per month');
  await expect(page.getByTestId('due-today')).toHaveText('0.00 EUR');
  await fillCard(page, '4242 4242 4242 4242');
  await page.getByRole('button', { name: 'Start trial' }).click();
  await atWebsite(page, stripe, '/welcome');
  expect(new URL(page.url()).searchParams.get('session')).toBe(session.id);
  const done = await stripe.get(`/v1/checkout/sessions/${session.id}?expand[]=subscription`);
  expect([done.status, done.subscription.status]).toEqual(['complete', 'trialing']);
  await page.goto(session.url);
  await expect(page.getByRole('heading', { name: "You're all done" })).toBeVisible();
});

test('a declined card says so, and another one pays', async ({ page, stripe, mayComplain }) => {
  mayComplain(/status of 402/);
  const session = await stripe.checkout();
  await page.goto(session.url);
  await fillCard(page, '4000000000009995');
  await page.getByTestId('pay').click();
  await expect(page.getByTestId('declined')).toContainText('insufficient funds');
  await expect(page.getByLabel('Card number')).toHaveValue('');
  await expect(page.getByLabel('E-mail')).toHaveValue('ada@acme.test');
  await fillCard(page, '5555 5555 5555 4444');
  await page.getByTestId('pay').click();
  await atWebsite(page, stripe, '/welcome');
});

test('no real card is accepted, and the message stands beside the field', async ({ page, stripe, mayComplain }) => {
  mayComplain(/status of 422/);
  await page.goto((await stripe.checkout()).url);
  await fillCard(page, '4539 5787 6362 1486');
  await page.getByTestId('pay').click();
  const number = page.getByLabel('Card number');
  await expect(number).toHaveAccessibleDescription(/public test cards only/);
  await expect(number).toHaveAttribute('aria-invalid', 'true');
  await expect(number).toHaveValue('');
});

test('3-D Secure: a wrong answer is refused, a right one pays', async ({ page, stripe, mayComplain }) => {
  mayComplain(/status of 402/);
  const session = await stripe.checkout();
  await page.goto(session.url);
  for (const answer of ['Fail', 'Complete']) {
    await fillCard(page, '4000 0027 6000 3184');
    await page.getByTestId('pay').click();
    await expect(page.getByRole('heading', { name: 'Is it you?' })).toBeVisible();
    await page.getByRole('button', { name: answer }).click();
    if (answer === 'Fail') await expect(page.getByTestId('declined')).toContainText('could not confirm');
  }
  await atWebsite(page, stripe, '/welcome');
  expect((await stripe.get(`/v1/checkout/sessions/${session.id}`)).payment_status).toBe('paid');
});

test('going back leads to the pricing page, and an expired session says so', async ({ page, stripe, mayComplain }) => {
  mayComplain(/status of 410/);
  const session = await stripe.checkout();
  await page.goto(session.url);
  await page.getByTestId('cancel-link').click();
  await atWebsite(page, stripe, '/pricing');
  await stripe.post(`/v1/checkout/sessions/${session.id}/expire`);
  await page.goto(session.url);
  await expect(page.getByRole('heading', { name: 'This checkout has expired' })).toBeVisible();
  await page.getByTestId('way-on').click();
  await atWebsite(page, stripe, '/pricing');
});

test('two tabs make one payment', async ({ page, context, stripe }) => {
  const session = await stripe.checkout();
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(session.url);
    await fillCard(tab, '4242424242424242');
  }
  await Promise.all([page, other].map((tab) => tab.getByTestId('pay').click()));
  for (const tab of [page, other]) await atWebsite(tab, stripe, '/welcome');
  const done = await stripe.get(`/v1/checkout/sessions/${session.id}`);
  const made = await stripe.get(`/v1/subscriptions?customer=${done.customer}&status=all`);
  expect(made.data.length).toBe(1);
  const invoices = await stripe.get(`/v1/invoices?customer=${done.customer}`);
  expect(invoices.data.length).toBe(1);
});

test('everything can be done from the keyboard', async ({ page, stripe }) => {
  const session = await stripe.checkout();
  await page.goto(session.url);
  await page.getByLabel('E-mail', { exact: true }).focus();
  for (const text of ['ada@acme.test', '4242424242424242', '1234', '123', 'Ada Lovelace']) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await expect(page.getByLabel('Country')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('pay')).toBeFocused();
  await page.keyboard.press('Enter');
  await atWebsite(page, stripe, '/welcome');
});
