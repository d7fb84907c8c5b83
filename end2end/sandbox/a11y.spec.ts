// Every hosted page, in light and dark: no violation that axe can find, and no scrolling
// sideways on a narrow screen.
import axe from 'axe-core';
import type { Page } from '@playwright/test';
import { expect, fillCard, test, type Stripe } from './hosted.ts';

type Visit = (page: Page, stripe: Stripe) => Promise<void>;

const inPortal =
  (path: (who: { subscription: string; team: string }) => string): Visit =>
  async (page, stripe) => {
    const who = await stripe.subscriber();
    const { url, team } = await stripe.portal(who);
    await page.goto(`${url}${path({ subscription: who.subscription.id, team: team.id })}`);
  };

const paying =
  (number: string): Visit =>
  async (page, stripe) => {
    await page.goto((await stripe.checkout({ allow_promotion_codes: true })).url);
    await fillCard(page, number);
    await page.getByTestId('pay').click();
    await page.waitForLoadState();
  };

const visits: Record<string, Visit> = {
  'checkout of a plan': async (page, stripe) => void (await page.goto((await stripe.checkout({ allow_promotion_codes: true })).url)),
  'checkout of a trial': async (page, stripe) =>
    void (await page.goto((await stripe.checkout({ 'subscription_data[trial_period_days]': 7 })).url)),
  'checkout that saves a card': async (page, stripe) => {
    const fields = { mode: 'setup', currency: 'eur', success_url: stripe.website };
    await page.goto((await stripe.post('/v1/checkout/sessions', fields)).url);
  },
  'checkout after a decline': paying('4000000000000002'),
  'checkout with a wrong number': paying('1234'),
  '3-D Secure': paying('4000002760003184'),
  'expired checkout': async (page, stripe) => {
    const session = await stripe.checkout();
    await stripe.post(`/v1/checkout/sessions/${session.id}/expire`);
    await page.goto(session.url);
  },
  'portal': inPortal(() => ''),
  'change of plan': inPortal(({ subscription }) => `/subscriptions/${subscription}/update`),
  'confirmation of a change': inPortal(({ subscription, team }) => `/subscriptions/${subscription}/confirm?price=${team}`),
  'cancellation': inPortal(({ subscription }) => `/subscriptions/${subscription}/cancel`),
  'new payment method': inPortal(() => '/payment-methods/add'),
  'billing information': inPortal(() => '/customer'),
  'invoice': async (page, stripe) => {
    const who = await stripe.subscriber();
    const invoice = await stripe.get(`/v1/invoices/${who.subscription.latest_invoice}`);
    await page.goto(invoice.hosted_invoice_url);
  },
};

for (const [name, visit] of Object.entries(visits))
  test(`${name}: accessible in light and dark, and fits 320 px`, async ({ page, stripe, mayComplain, javaScriptEnabled }) => {
    test.skip(javaScriptEnabled === false, 'axe is JavaScript');
    mayComplain(/status of 4(02|10|22)/);
    await visit(page, stripe);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page), colorScheme).toEqual([]);
    }
    for (const width of [1280, 375, 320]) {
      await page.setViewportSize({ width, height: 700 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width} px`).toBeLessThanOrEqual(width);
    }
  });

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`);
  });
}
