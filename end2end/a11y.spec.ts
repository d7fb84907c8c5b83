// Every page, in light and dark: no violation that axe can find, and no scrolling
// sideways on a narrow screen.
import { expectAccessible } from './accessible.ts';
import { expect, test } from './story.ts';
import { fillIn, people } from './people.ts';
import { nameOf, pages } from './pages.ts';

for (const look of pages) {
  test.describe(nameOf(look), () => {
    test.use({ as: look.as });

    test(`${nameOf(look)} is accessible in light and dark, and fits 320 and 375 px`, async ({ page, mayComplain }) => {
      mayComplain(/status of 4(01|03|04|10|22)/);
      await page.emulateMedia({ colorScheme: 'light' });
      const reply = await page.goto(look.path);
      if (look.status) expect(reply!.status()).toBe(look.status);
      else expect([200, 403]).toContain(reply!.status());
      await expectAccessible(page, 'light');
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page, 'dark');
      for (const width of [375, 320]) {
        await page.setViewportSize({ width, height: 700 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide, `page width at ${width} px`).toBeLessThanOrEqual(width);
      }
    });
  });
}

test('a refused sign-in is accessible in light and dark', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/sign-in');
  await fillIn(page, people.editor, 'not the password');
  await expect(page.getByTestId('form-error').first()).toBeVisible();
  await expectAccessible(page, 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, 'dark');
});
