// The portal that acts, as a person uses it.
import { atWebsite, expect, fillCard, test } from './hosted.ts';

test('a plan is changed for the amount that was shown', async ({ page, stripe }) => {
  const who = await stripe.subscriber();
  const { url } = await stripe.portal(who);
  await page.goto(url);
  await page.getByRole('link', { name: 'Change plan' }).click();
  await page.getByRole('radio', { name: /Team/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByTestId('next-plan')).toContainText('Team');
  const due = await page.getByTestId('due-today').innerText();
  await page.getByTestId('confirm-change').click();
  await expect(page.getByTestId('plan')).toHaveText('Team');
  const now = await stripe.get(`/v1/subscriptions/${who.subscription.id}?expand[]=latest_invoice`);
  expect(due).toBe(`${(now.latest_invoice.amount_due / 100).toFixed(2)} EUR`);
  expect(now.latest_invoice.id).not.toBe(who.subscription.latest_invoice);
  expect(now.latest_invoice.status).toBe('paid');
});

test('the interval is switched, which is paid at once', async ({ page, stripe }) => {
  const who = await stripe.subscriber();
  const { url, yearly } = await stripe.portal(who);
  await page.goto(url);
  await page.getByRole('link', { name: 'Change plan' }).click();
  await page.getByRole('group', { name: 'Paid per year' }).getByRole('radio', { name: /Pro/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  const due = await page.getByTestId('due-today').innerText();
  await page.getByTestId('confirm-change').click();
  await expect(page.getByTestId('price')).toHaveText('2 × 490.00 EUR per year');
  const now = await stripe.get(`/v1/subscriptions/${who.subscription.id}?expand[]=latest_invoice`);
  expect(now.items.data[0].price.id).toBe(yearly.id);
  expect(due).toBe(`${(now.latest_invoice.amount_due / 100).toFixed(2)} EUR`);
});

test('a plan is cancelled with a reason, and kept after all', async ({ page, stripe }) => {
  const who = await stripe.subscriber();
  await page.goto((await stripe.portal(who)).url);
  await expect(page.getByTestId('customer-id')).toHaveText(who.customer.id);
  await page.getByRole('link', { name: 'Cancel plan' }).click();
  await page.getByLabel("I don't use it enough").check();
  await page.getByLabel('Anything else?').fill('Perhaps next year');
  await page.getByTestId('confirm-cancel').click();
  await expect(page.getByTestId('renewal')).toContainText('does not renew');
  const cancelled = await stripe.get(`/v1/subscriptions/${who.subscription.id}`);
  expect(cancelled.cancel_at).toBe(cancelled.items.data[0].current_period_end);
  expect(cancelled.cancellation_details).toMatchObject({ feedback: 'unused', comment: 'Perhaps next year' });
  await page.getByTestId('resume').click();
  await expect(page.getByTestId('renewal')).toContainText('Renews on');
  expect((await stripe.get(`/v1/subscriptions/${who.subscription.id}`)).cancel_at).toBeNull();
  await page.getByTestId('return-link').click();
  await atWebsite(page, stripe, '/settings/billing');
});

test('a card is added with 3-D Secure, and the old one removed', async ({ page, stripe }) => {
  const who = await stripe.subscriber();
  await page.goto((await stripe.portal(who)).url);
  await page.getByRole('link', { name: 'Add payment method' }).click();
  await fillCard(page, '4000 0025 0000 3155');
  await page.getByTestId('save-card').click();
  await page.getByRole('button', { name: 'Complete' }).click();
  await expect(page.getByTestId('payment-method')).toHaveText('Visa ending in 3155');
  await page.getByRole('button', { name: 'Remove: Visa ending in 4242' }).click();
  await expect(page.getByTestId('method-row')).toHaveCount(1);
  const now = await stripe.get(`/v1/subscriptions/${who.subscription.id}?expand[]=default_payment_method`);
  expect(now.default_payment_method.card.last4).toBe('3155');
});

test('billing information is changed', async ({ page, stripe, mayComplain }) => {
  mayComplain(/status of 422/);
  const who = await stripe.subscriber();
  await page.goto((await stripe.portal(who)).url);
  await page.getByRole('link', { name: 'Update information' }).click();
  await page.getByLabel('E-mail').fill('books@acme.test');
  await page.getByLabel('Street and number').fill('Hauptstr. 1');
  await page.getByLabel('City').fill('Berlin');
  await page.getByLabel('Country').selectOption('DE');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByTestId('customer-email')).toHaveText('books@acme.test');
  expect((await stripe.get(`/v1/customers/${who.customer.id}`)).address.city).toBe('Berlin');
});

test('a session made for cancelling leads back to the website', async ({ page, stripe }) => {
  const who = await stripe.subscriber();
  const { url } = await stripe.portal(who, {
    'flow_data[type]': 'subscription_cancel',
    'flow_data[subscription_cancel][subscription]': who.subscription.id,
    'flow_data[after_completion][type]': 'redirect',
    'flow_data[after_completion][redirect][return_url]': `${stripe.website}/after`,
  });
  await page.goto(url);
  await page.getByTestId('confirm-cancel').click();
  await atWebsite(page, stripe, '/after');
});

test('an invoice is shown for printing, and an open one is paid', async ({ page, stripe, mayComplain }) => {
  mayComplain(/status of 402/);
  const who = await stripe.subscriber();
  await page.goto((await stripe.portal(who)).url);
  await page.getByRole('link', { name: /View invoice/ }).click();
  await expect(page.getByTestId('invoice-status')).toHaveText('Paid');
  await expect(page.getByTestId('invoice-line')).toContainText('2 × Pro');
  await stripe.post('/v1/payment_methods/pm_card_chargeCustomerFail/attach', { customer: who.customer.id }).then((card) =>
    stripe.post(`/v1/customers/${who.customer.id}`, { 'invoice_settings[default_payment_method]': card.id }),
  );
  const second = await stripe.post('/v1/subscriptions', { customer: who.customer.id, 'items[0][price]': who.price.id });
  const open = await stripe.get(`/v1/invoices/${second.latest_invoice}`);
  expect(open.status).toBe('open');
  await page.goto(open.hosted_invoice_url);
  await page.getByRole('button', { name: 'Pay with Visa ending in 0341' }).click();
  await expect(page.getByTestId('declined')).toBeVisible();
  await fillCard(page, '4242424242424242');
  await page.getByTestId('pay').click();
  await expect(page.getByTestId('invoice-status')).toHaveText('Paid');
  expect((await stripe.get(`/v1/subscriptions/${second.id}`)).status).toBe('active');
});
