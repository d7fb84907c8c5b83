// Runs the scenario and the verifications with Stripe's own client for Node.
//   node drive.mjs scenario URL KEY SCENARIO.json     prints [{name, answer | error}]
//   node drive.mjs verify DELIVERIES.json             prints [true | why it was refused]
import { readFileSync } from 'node:fs';
import Stripe from 'stripe';

const [, , task, ...rest] = process.argv;
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const at = (value, path) => path.split('.').reduce((inner, key) => inner?.[key], value);

function filled(value, saved) {
  if (typeof value === 'string' && value.startsWith('$')) return saved[value.slice(1)];
  if (Array.isArray(value)) return value.map((entry) => filled(entry, saved));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, saved)]));
  }
  return value;
}

async function scenario(url, key, path) {
  const { hostname, port, protocol } = new URL(url);
  const stripe = new Stripe(key, { host: hostname, port: Number(port), protocol: protocol.slice(0, -1), maxNetworkRetries: 0, telemetry: false });
  const saved = {};
  const said = [];
  for (const step of read(path).steps) {
    const names = (step.node ?? step.call).split('.').map(camel);
    const method = names.pop().replace(/^delete$/, 'del');
    const resource = names.reduce((inner, name) => inner[name], stripe);
    const params = step.params ? [filled(step.params, saved)] : [];
    const options = step.key ? [{ idempotencyKey: step.key }] : [];
    try {
      const answer = await resource[method](...filled(step.ids ?? [], saved), ...params, ...options);
      for (const [name, from] of Object.entries(step.save ?? {})) saved[name] = at(answer, from);
      said.push({ name: step.name, answer });
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      const { statusCode, rawType, code, param, decline_code, message } = error;
      said.push({ name: step.name, error: { status: statusCode, type: rawType, code, param, decline_code, message } });
    }
  }
  return said;
}

function verify(path) {
  const stripe = new Stripe('sk_test_unused');
  return read(path).map(({ body, signature, secret }) => {
    try {
      return stripe.webhooks.constructEvent(body, signature, secret).id.startsWith('evt_');
    } catch (error) {
      return error.constructor.name;
    }
  });
}

const said = task === 'verify' ? verify(...rest) : await scenario(...rest);
console.log(JSON.stringify(said));
