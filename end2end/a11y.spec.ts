// Every page, in light and dark: no violation that axe can find, and no scrolling
// sideways on a narrow screen.
import axe from 'axe-core';
import { expect, test } from './story.ts';
import { fillIn, people } from './people.ts';
import { nameOf, pages } from './pages.ts';
import type { Page } from '@playwright/test';

for (const look of pages) {
  test.describe(nameOf(look), () => {
    test.use({ as: look.as });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`${nameOf(look)} has no accessibility violation in ${colorScheme}`, async ({ page, mayComplain }) => {
        mayComplain(/status of 40[34]/);
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const reply = await page.goto(look.path);
        if (look.status) expect(reply!.status()).toBe(look.status);
        else expect([200, 403]).toContain(reply!.status());
        await expectAccessible(page);
      });

    test(`${nameOf(look)} does not scroll sideways at 320 and 375 px`, async ({ page, mayComplain }) => {
      mayComplain(/status of 40[34]/);
      for (const width of [320, 375]) {
        await page.setViewportSize({ width, height: 700 });
        await page.goto(look.path);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide, `page width at ${width} px`).toBeLessThanOrEqual(width);
      }
    });
  });
}

for (const colorScheme of ['light', 'dark'] as const)
  test(`a refused sign-in has no accessibility violation in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('/sign-in');
    await fillIn(page, people.editor, 'not the password');
    await expect(page.getByTestId('form-error').first()).toBeVisible();
    await expectAccessible(page);
  });

async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`);
  });
  expect(violations).toEqual([]);
}
