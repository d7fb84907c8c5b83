// The main job, as a person does it: settings → billing → Stripe's portal → back.
import { expect, type Page } from '@playwright/test';

/** Begins on any page of somebody signed in; ends on the billing page. Gives the customer's id. */
export async function openPortalAndReturn(page: Page, org: string, hostedURL: string): Promise<string> {
  await page.goto(`/o/${org}/settings`);
  await page.getByRole('link', { name: 'Billing', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/o/${org}/settings/billing$`));

  await page.getByTestId('billing-portal-action').click();
  await page.waitForURL((url) => url.origin === hostedURL);
  const customer = (await page.getByTestId('customer-id').innerText()).trim();
  expect(customer).toMatch(/^cus_/);

  await page.getByTestId('return-link').click();
  await page.waitForURL((url) => url.pathname === `/o/${org}/settings/billing`);
  await expect(page.getByTestId('billing-portal-action')).toBeVisible();
  return customer;
}
