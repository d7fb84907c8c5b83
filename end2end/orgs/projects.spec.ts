// Projects and posts: written, read, changed, looked for, deleted.
import { expectAccessible } from '../accessible.ts';
import { expect, ownStack } from '../account/own-stack.ts';
import { signIn, signOut } from '../people.ts';
import type { Page } from '@playwright/test';

const test = ownStack();

async function looksRight(page: Page, javaScriptEnabled: boolean | undefined): Promise<void> {
  for (const colorScheme of javaScriptEnabled === false ? [] : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme);
  }
  for (const width of [375, 320]) {
    const before = page.viewportSize()!;
    await page.setViewportSize({ width, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `page width at ${width} px`).toBeLessThanOrEqual(width);
    await page.setViewportSize(before);
  }
}

const MARKDOWN = `Three things, in **this** order:

1. Ask [them](https://example.com/them).
2. Write down what they *say*.

| who | when |
|---|---|
| a long name that needs room in a narrow window | Monday |

\`\`\`
let long = "a line of code that does not fit a phone and must be scrolled by itself";
\`\`\`

<script>document.title = 'hacked'</script> <img src="https://example.com/x.png">
![a picture](https://example.com/y.png)`;

test('A-13: an editor begins a project, writes, changes and deletes; a viewer reads', async ({ page, javaScriptEnabled, mayComplain }) => {
  // Five pages are looked through for what is not accessible, each in light and dark.
  test.slow();
  mayComplain(/status of 403/);
  await signIn(page, 'editor');
  await page.goto('/o/acme');
  await page.getByRole('link', { name: 'Projects', exact: true }).first().click();
  await expect(page.getByTestId('project-row').filter({ hasText: 'Website relaunch' })).toBeVisible();
  await looksRight(page, javaScriptEnabled);
  await page.getByTestId('create-project').click();
  await expect(page.getByTestId('form-error')).toHaveText('Enter a name for the project.');
  await page.getByLabel('Name of a new project').fill('Interviews of spring');
  await page.getByTestId('create-project').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Interviews of spring');
  await expect(page.getByTestId('no-posts')).toBeVisible();

  await page.getByTestId('new-post').click();
  await page.getByLabel('Title').fill('Whom to ask');
  await page.getByTestId('save-post').click();
  await expect(page.getByTestId('form-error')).toHaveText('Write something.');
  await expect(page.getByLabel('Title')).toHaveValue('Whom to ask');
  await looksRight(page, javaScriptEnabled);
  await page.getByLabel('Text').fill(MARKDOWN);
  await page.getByTestId('save-post').click();
  await expect(page.getByTestId('flash')).toHaveText('Saved.');
  const body = page.getByTestId('post-body');
  await expect(body.locator('strong')).toHaveText('this');
  await expect(body.locator('ol > li')).toHaveCount(2);
  await expect(body.locator('img, script, iframe')).toHaveCount(0);
  await expect(body).toContainText("<script>document.title = 'hacked'</script>");
  await expect(body.getByRole('link', { name: 'them' })).toHaveAttribute('rel', 'nofollow noopener noreferrer ugc');
  await expect(page).toHaveTitle(/^Whom to ask/);
  await looksRight(page, javaScriptEnabled);
  const post = page.url();

  await page.getByTestId('edit-post').click();
  await expect(page.getByLabel('Text')).toHaveValue(MARKDOWN);
  await page.getByLabel('Title').fill('Whom to ask first');
  await page.getByTestId('save-post').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Whom to ask first');
  await signOut(page);

  await signIn(page, 'viewer');
  await page.goto('/o/acme/projects?q=SPRING');
  await expect(page.getByTestId('project-row')).toHaveCount(1);
  await page.getByTestId('project-row').getByRole('link').click();
  await expect(page.getByTestId('new-post')).toHaveCount(0);
  await page.getByRole('searchbox').fill('monday');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByTestId('post-row').getByRole('link').click();
  await expect(page.getByTestId('post')).toBeVisible();
  await expect(page.getByTestId('edit-post')).toHaveCount(0);
  expect((await page.goto(`${post}/edit`))!.status()).toBe(403);
  await signOut(page);

  await signIn(page, 'editor');
  await page.goto(post);
  await page.getByTestId('delete-post').click();
  await page.getByTestId('confirm-delete-post').click();
  await expect(page.getByTestId('flash')).toHaveText('The post is deleted.');
  await expect(page.getByTestId('no-posts')).toBeVisible();
  await expect(page.getByTestId('delete-project')).toHaveCount(0);
  const project = page.url();
  await signOut(page);

  await signIn(page, 'admin');
  await page.goto(project);
  await page.getByLabel('Its name, once more').fill('Interviews of spring');
  await page.getByTestId('delete-project').click();
  await expect(page.getByTestId('flash')).toHaveText('The project is deleted.');
});
