// Every story runs twice: with JavaScript and without. `scripts/test browser`
// builds what is needed first; alone: `npx playwright test -g 'portal' --project=js`.
import { defineConfig, devices } from '@playwright/test';
import { chromiumArguments, chromiumPath } from './chromium.mjs';

const desktop = {
  ...devices['Desktop Chrome'],
  launchOptions: { executablePath: chromiumPath(), args: chromiumArguments },
  contextOptions: { reducedMotion: 'reduce' as const },
};

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results/files',
  globalSetup: './everybody-signed-in.ts',
  forbidOnly: !!process.env.CI,
  fullyParallel: true,
  workers: 2,
  timeout: 45_000,
  // When this many fail, one cause is behind them.
  maxFailures: 20,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure', actionTimeout: 10_000, navigationTimeout: 15_000 },
  projects: [
    { name: 'js', use: desktop, testIgnore: process.env.SCREENSHOTS ? [] : ['screenshots.spec.ts'] },
    {
      name: 'nojs',
      use: { ...desktop, javaScriptEnabled: false },
      // axe is JavaScript, and a picture shows the same page twice.
      testIgnore: ['a11y.spec.ts', 'screenshots.spec.ts'],
    },
  ],
});
