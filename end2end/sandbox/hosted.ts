// `test` for the stories of Stripe's stand-in itself: a sandbox of the worker's own, a website
// to come back to, and Stripe's API to prepare and to check with.
import { expect, type Page } from '@playwright/test';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Process, freePort } from '../stack.ts';
import { test as story } from '../story.ts';

export { expect } from '@playwright/test';

const programs = process.env.E2E_PROGRAMS ?? join(dirname(fileURLToPath(import.meta.url)), '../../target/dev');

type Fields = Record<string, string | number | boolean>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Answer = any;

export class Stripe {
  readonly url: string;
  /** Where people come back to. */
  readonly website: string;

  constructor(url: string, website: string) {
    this.url = url;
    this.website = website;
  }

  async ask(method: string, path: string, fields?: Fields): Promise<Answer> {
    const body = fields && new URLSearchParams(Object.entries(fields).map(([key, value]) => [key, String(value)]));
    const reply = await fetch(this.url + path, { method, body, headers: { Authorization: 'Bearer sk_test_sandbox' } });
    const answer = await reply.json();
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  get = (path: string) => this.ask('GET', path);
  post = (path: string, fields: Fields = {}) => this.ask('POST', path, fields);

  price(name: string, amount: number, interval?: string, product?: string): Promise<Answer> {
    const of: Fields = product ? { product } : { 'product_data[name]': name };
    const every: Fields = interval ? { 'recurring[interval]': interval } : {};
    return this.post('/v1/prices', { currency: 'eur', unit_amount: amount, ...of, ...every });
  }

  async checkout(more: Fields = {}): Promise<Answer> {
    const price = await this.price('Pro', 4900, 'month');
    return this.post('/v1/checkout/sessions', {
      mode: 'subscription',
      success_url: `${this.website}/welcome?session={CHECKOUT_SESSION_ID}`,
      cancel_url: `${this.website}/pricing`,
      'line_items[0][price]': price.id,
      'line_items[0][quantity]': 1,
      ...more,
    });
  }

  /** A customer with a card and a monthly plan of two times 49 euros. */
  async subscriber(): Promise<Answer> {
    const customer = await this.post('/v1/customers', { email: 'owner@acme.test', name: 'Acme GmbH' });
    const card = await this.post('/v1/payment_methods/pm_card_visa/attach', { customer: customer.id });
    const price = await this.price('Pro', 4900, 'month');
    const subscription = await this.post('/v1/subscriptions', {
      customer: customer.id,
      default_payment_method: card.id,
      'items[0][price]': price.id,
      'items[0][quantity]': 2,
    });
    return { customer, card, price, subscription };
  }

  /** The address of a portal where everything is on that the subscriber's plan can be changed to. */
  async portal(who: Answer, more: Fields = {}): Promise<{ url: string; yearly: Answer; team: Answer }> {
    const yearly = await this.price('', 49000, 'year', who.price.product);
    const team = await this.price('Team', 9900, 'month');
    const features = 'features[subscription_update]';
    const configuration = await this.post('/v1/billing_portal/configurations', {
      'features[customer_update][enabled]': true,
      'features[customer_update][allowed_updates][0]': 'email',
      'features[customer_update][allowed_updates][1]': 'address',
      'features[invoice_history][enabled]': true,
      'features[payment_method_update][enabled]': true,
      'features[subscription_cancel][enabled]': true,
      'features[subscription_cancel][cancellation_reason][enabled]': true,
      'features[subscription_cancel][cancellation_reason][options][0]': 'too_expensive',
      'features[subscription_cancel][cancellation_reason][options][1]': 'unused',
      [`${features}[enabled]`]: true,
      [`${features}[proration_behavior]`]: 'always_invoice',
      [`${features}[default_allowed_updates][0]`]: 'price',
      [`${features}[default_allowed_updates][1]`]: 'quantity',
      [`${features}[products][0][product]`]: who.price.product,
      [`${features}[products][0][prices][0]`]: who.price.id,
      [`${features}[products][0][prices][1]`]: yearly.id,
      [`${features}[products][0][adjustable_quantity][enabled]`]: true,
      [`${features}[products][1][product]`]: team.product,
      [`${features}[products][1][prices][0]`]: team.id,
    });
    const session = await this.post('/v1/billing_portal/sessions', {
      customer: who.customer.id,
      configuration: configuration.id,
      return_url: `${this.website}/settings/billing`,
      ...more,
    });
    return { url: session.url, yearly, team };
  }
}

export const test = story.extend<object, { stripe: Stripe }>({
  stripe: [
    async ({}, use, worker) => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const sandbox = new Process(`hosted-${worker.workerIndex}`, join(programs, 'sandbox'), ['--addr', `127.0.0.1:${port}`], {});
      const website = await startWebsite();
      try {
        await sandbox.answers(`${url}/_sandbox/requests`);
        const { port: back } = website.address() as AddressInfo;
        await use(new Stripe(url, `http://127.0.0.1:${back}`));
        const violations = await (await fetch(`${url}/_sandbox/violations`)).json();
        expect(violations, 'what broke the contract').toEqual([]);
      } finally {
        website.close();
        await sandbox.stop();
      }
    },
    { scope: 'worker' },
  ],
});

async function startWebsite(): Promise<Server> {
  const server = createServer((request, reply) => {
    reply.setHeader('Content-Type', 'text/html');
    reply.end(`<!doctype html><html lang="en"><title>Website</title><link rel="icon" href="data:,"><h1>The website</h1><p>${request.url?.split('?')[0]}</p></html>`);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

/** Fills in the card of a page, and the e-mail address where it is asked for. */
export async function fillCard(page: Page, number: string): Promise<void> {
  const email = page.getByLabel('E-mail', { exact: true });
  if (await email.count()) await email.fill('ada@acme.test');
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry').fill('12 / 34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on the card').fill('Ada Lovelace');
  await page.getByLabel('Country').selectOption('DE');
}

export async function atWebsite(page: Page, stripe: Stripe, path: string): Promise<void> {
  await page.waitForURL((url) => url.origin === stripe.website && url.pathname === path);
  await expect(page.getByRole('heading')).toHaveText('The website');
}
