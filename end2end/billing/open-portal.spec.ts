// The smoke test of the main job (P-03, P-09), and what must not open a portal.
import { expect, test } from '../story.ts';
import { asForm, signedIn, signIn } from '../people.ts';
import { openPortalAndReturn } from './walk.ts';

const hosted = () => process.env.E2E_HOSTED_URL!;

test('P-09: the owner signs in, opens the portal from settings, and comes back signed in', async ({ page }) => {
  await signIn(page, 'owner');
  await openPortalAndReturn(page, 'acme', hosted());
  await page.reload();
  await expect(page).toHaveURL(/\/o\/acme\/settings\/billing$/);
  await expect(page.getByTestId('billing-portal-action')).toBeVisible();
});

test.describe('another owner of the same organisation', () => {
  test('P-04: opens the portal of the same customer, twice', async ({ page }) => {
    await signIn(page, 'both');
    const first = await openPortalAndReturn(page, 'acme', hosted());
    expect(await openPortalAndReturn(page, 'acme', hosted())).toBe(first);
  });
});

test.describe('an owner', () => {
  test.use({ as: 'owner' });

  test('B10: the portal opens by a form post alone, and its address is not in the page', async ({ page, context, mayComplain }) => {
    mayComplain(/status of 40[45]/);
    const html = await (await page.goto('/o/acme/settings/billing'))!.text();
    expect(html).not.toContain(hosted());
    const get = await context.request.get('/api/billing/open-portal?org=acme', { maxRedirects: 0 });
    expect([404, 405]).toContain(get.status());
  });

  test('B10: the answer is 303, and nobody may keep it', async ({ baseURL }) => {
    // Signed in now: the portal needs a recent proof (L06).
    const context = await signedIn(baseURL!, 'owner');
    const reply = await context.post('/api/billing/open-portal', {
      form: { org: 'acme' },
      headers: asForm(baseURL!),
      maxRedirects: 0,
    });
    expect(reply.status()).toBe(303);
    expect(reply.headers()['location']).toContain(hosted());
    expect(reply.headers()['cache-control']).toContain('no-store');
  });

  test('a post from another site is refused', async ({ context }) => {
    const reply = await context.request.post('/api/billing/open-portal', {
      form: { org: 'acme' },
      headers: { ...asForm('http://example.com'), 'Sec-Fetch-Site': 'cross-site' },
      maxRedirects: 0,
    });
    expect(reply.status()).toBe(403);
  });
});

for (const person of ['admin', 'editor', 'viewer', 'globexOwner'] as const) {
  test.describe(person, () => {
    test.use({ as: person });
    test(`P-02: ${person} is refused at the endpoint, not only on the page`, async ({ context, baseURL }) => {
      const reply = await context.request.post('/api/billing/open-portal', {
        form: { org: 'acme' },
        headers: asForm(baseURL!),
        maxRedirects: 0,
      });
      expect(reply.status()).toBe(person === 'globexOwner' ? 404 : 403);
      expect(reply.headers()['location'] ?? '').not.toContain(hosted());
    });
  });
}
