// nginx before Portico, with TLS: the nearest thing to production on one machine.
// The certificate is made for the story and signed by itself.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Process } from './stack.ts';

/** Forwards https://127.0.0.1:`port` to `localURL`. Gives what ends it. */
export async function startTlsProxy(name: string, port: number, localURL: string): Promise<() => Promise<void>> {
  const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find(existsSync);
  if (!nginx) throw new Error('this story needs nginx: scripts/setup test');
  const folder = mkdtempSync(join(tmpdir(), 'portico-tls-'));
  makeCertificate(folder);
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, localURL));
  const proxy = new Process(
    `${name}-nginx`,
    nginx,
    ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    { PATH: process.env.PATH ?? '' },
  );
  const stop = async () => {
    await proxy.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answersWith(port, readFileSync(join(folder, 'cert.pem')));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

function makeCertificate(folder: string): void {
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
      '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', 'key.pem', '-out', 'cert.pem'],
    { cwd: folder, stdio: 'ignore' },
  );
}

// One process, everything it writes inside the folder: needs no rights of its own.
const configuration = (folder: string, port: number, localURL: string) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    location / {
      proxy_pass ${localURL};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
    }
  }
}
`;

async function answersWith(port: number, certificate: Buffer): Promise<void> {
  const once = () =>
    new Promise<boolean>((resolve) => {
      const probe = request({ host: '127.0.0.1', port, path: '/healthz', ca: certificate }, (reply) => {
        reply.resume();
        resolve(reply.statusCode === 200);
      });
      probe.on('error', () => resolve(false));
      probe.end();
    });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await once()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nginx does not answer on ${port}`);
}
