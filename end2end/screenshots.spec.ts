// Pictures of every page, to look at: SCREENSHOTS=1 SCREENSHOTS_DIR=folder npx playwright test screenshots.
import { resolve } from 'node:path';
import { test } from './story.ts';
import { nameOf, pages } from './pages.ts';

const folder = resolve(process.env.SCREENSHOTS_DIR ?? 'test-results/screenshots');

for (const look of pages)
  test.describe(nameOf(look), () => {
    test.use({ as: look.as });
    for (const width of [375, 1280])
      for (const colorScheme of ['light', 'dark'] as const)
        test(`${nameOf(look)} ${width} ${colorScheme}`, async ({ page, mayComplain }) => {
          mayComplain(/status of 4(01|03|04|10)/);
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: width < 500 ? 800 : 900 });
          await page.goto(look.path);
          await page.screenshot({ path: `${folder}/${nameOf(look)}-${width}-${colorScheme}.png`, fullPage: true, caret: 'initial' });
        });
  });
