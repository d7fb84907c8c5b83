// Signs with Stripe's own SDK:  node sign.mjs WANTED.json  prints the headers of
// [{payload, secret, timestamp?, scheme?}]. The SDK is the one that drives the sandbox.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../sandbox/tests/clients/package.json', import.meta.url));
const Stripe = require('stripe');
const stripe = new (Stripe.default ?? Stripe)('sk_test_unused');
const wanted = JSON.parse(readFileSync(process.argv[2], 'utf8'));
console.log(JSON.stringify(wanted.map((one) => stripe.webhooks.generateTestHeaderString(one))));
