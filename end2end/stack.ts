// Starts what a story needs, on free ports and an empty database: the sandbox that
// stands in for Stripe, and Portico with its demo. Their output is kept in test-results/.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const programs = process.env.E2E_PROGRAMS ?? join(root, 'target/dev');
const site = process.env.E2E_SITE ?? join(root, 'target/site');
export const logFolder = join(here, 'test-results/logs');

export interface SandboxRequest {
  method: string;
  path: string;
  [more: string]: unknown;
}

export interface Stack {
  /** Where people find Portico. */
  baseURL: string;
  /** Where Portico itself listens: the same, unless a proxy stands before it. */
  localURL: string;
  /** Stripe's API. Its hosted pages are on another site, see `hostedURL`. */
  stripeURL: string;
  hostedURL: string;
  logs: string[];
  /** Runs `portico ARGS` with the server's own settings. */
  portico(...args: string[]): Promise<string>;
  /** Every request that Stripe received, oldest first. */
  stripeRequests(): Promise<SandboxRequest[]>;
  stop(): Promise<void>;
}

/** More of the server's settings; those that need the addresses are told them. */
type Settings = Record<string, string> | ((at: { localURL: string }) => Promise<Record<string, string>>);

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startStack(
  name: string,
  { baseURL, host = '127.0.0.1', settings = {} }: { baseURL?: string; host?: string; settings?: Settings } = {},
): Promise<Stack> {
  const data = mkdtempSync(join(tmpdir(), `portico-${name}-`));
  const [porticoPort, stripePort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const localURL = `http://127.0.0.1:${porticoPort}`;
  const ownURL = baseURL ?? `http://${host}:${porticoPort}`;
  const stripeURL = `http://127.0.0.1:${stripePort}`;
  // Another site than 127.0.0.1: ports do not make a site, names do.
  const hostedURL = `http://localhost:${stripePort}`;
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? data,
    PORTICO_LOG: process.env.PORTICO_LOG ?? 'info',
    NO_COLOR: '1',
    LEPTOS_OUTPUT_NAME: 'portico',
    LEPTOS_SITE_ROOT: site,
    LEPTOS_SITE_PKG_DIR: 'pkg',
    LEPTOS_SITE_ADDR: `127.0.0.1:${porticoPort}`,
    PORTICO_ENV: 'development',
    PORTICO_BASE_URL: ownURL,
    PORTICO_DATABASE_URL: `sqlite://${join(data, 'portico.db')}?mode=rwc`,
    PORTICO_METRICS_ADDR: `127.0.0.1:${metricsPort}`,
    PORTICO_STRIPE_SECRET_KEY: 'sk_test_sandbox',
    PORTICO_STRIPE_WEBHOOK_SECRETS: 'whsec_sandbox',
    PORTICO_STRIPE_API_URL: stripeURL,
    PORTICO_GITHUB_CLIENT_ID: 'sandbox-client',
    PORTICO_GITHUB_CLIENT_SECRET: 'sandbox-secret',
    PORTICO_GITHUB_BASE_URL: `${hostedURL}/github`,
    ...(typeof settings === 'function' ? await settings({ localURL }) : settings),
  };
  const processes: Process[] = [];
  const stop = async () => {
    for (const process of processes.reverse()) await process.stop();
    rmSync(data, { recursive: true, force: true });
  };
  const portico = async (...args: string[]) => {
    try {
      const { stdout } = await promisify(execFile)(join(programs, 'portico'), args, { cwd: root, env: environment });
      return stdout;
    } catch (error) {
      const { stderr = '', message } = error as { stderr?: string; message: string };
      throw new Error(`portico ${args.join(' ')} failed: ${stderr.trim() || message}`);
    }
  };

  try {
    const sandbox = new Process(
      `${name}-sandbox`,
      join(programs, 'sandbox'),
      ['--addr', `127.0.0.1:${stripePort}`, '--public-url', hostedURL, '--webhook-url', `${localURL}/webhooks/stripe`],
      environment,
    );
    processes.push(sandbox);
    await sandbox.answers(`${stripeURL}/_sandbox/requests`);
    await portico('migrate');
    await portico('seed-demo');
    const server = new Process(`${name}-portico`, join(programs, 'portico'), ['serve'], environment);
    processes.push(server);
    await server.answers(`${localURL}/readyz`);
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    baseURL: ownURL,
    localURL,
    stripeURL,
    hostedURL,
    logs: processes.map((process) => process.log),
    portico,
    stripeRequests: async () => {
      const body = (await (await fetch(`${stripeURL}/_sandbox/requests`)).json()) as unknown;
      // A list, or an object with the list as its only array.
      const list = Array.isArray(body) ? body : Object.values(body as object).find(Array.isArray);
      return (list ?? []) as SandboxRequest[];
    },
    stop,
  };
}

/** A program whose output goes to a file of its own, and who ends with us. */
export class Process {
  readonly log: string;
  readonly child: ChildProcess;
  private ended?: string;

  constructor(name: string, program: string, args: string[], env: Record<string, string>) {
    mkdirSync(logFolder, { recursive: true });
    this.log = join(logFolder, `${name}.log`);
    const output = openSync(this.log, 'a');
    this.child = spawn(program, args, { cwd: root, env, stdio: ['ignore', output, output] });
    this.child.on('error', (error) => (this.ended = error.message));
    this.child.on('exit', (code, signal) => (this.ended ??= `ended with ${code ?? signal}`));
    process.on('exit', () => this.child.kill('SIGKILL'));
  }

  async answers(url: string, seconds = 30): Promise<void> {
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until) {
      if (this.ended) break;
      const status = await fetch(url).then((reply) => reply.status, () => 0);
      if (status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${url} did not answer (${this.ended ?? `${seconds} s`}). ${this.log} ends:\n${tail(this.log)}`);
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const exit = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await exit;
    clearTimeout(hard);
  }
}

export function tail(file: string, lines = 30): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(nothing)';
  }
}
