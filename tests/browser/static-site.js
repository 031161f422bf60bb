/** Serves the site like a static host, with the security headers of a deployment. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

import { web } from './site.js';

/**
 * @typedef {{ status: number, body: object, headers?: Record<string, string> }} Answer
 * @typedef {import('node:http').IncomingHttpHeaders} Headers
 * @typedef {(method: string, path: string, body: any, headers: Headers) => Promise<Answer | 'no connection' | 'no answer'>} Api
 * @typedef {(path: string, headers: Headers) => void} Missing
 */

export const SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** @type {Record<string, string>} */
const MEDIA_TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** @type {Api} */
const noApi = async () => ({ status: 404, body: {} });

/**
 * @param {Api} [api] handles requests below /api
 * @param {Missing} [missing] is called for a requested file that does not exist
 */
export async function serveSite(api = noApi, missing = () => {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (pathname.startsWith('/api/')) {
      const sent = Buffer.concat(chunks).toString();
      const answer = await api(request.method ?? '', pathname, sent === '' ? null : JSON.parse(sent), request.headers);
      if (answer === 'no connection') request.socket.destroy();
      if (answer === 'no connection' || answer === 'no answer') return;
      const { status, body, headers } = answer;
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      // If a test stops a page's clock, the Date header would differ from this clock.
      response.sendDate = false;
      response.writeHead(status, { 'Content-Type': type, ...headers }).end(JSON.stringify(body));
      return;
    }
    try {
      const file = await readFile(new URL(`.${pathname}`, web));
      const type = `${MEDIA_TYPES[extname(pathname)]}; charset=utf-8`;
      const headers = { 'Content-Type': type, 'Content-Security-Policy': SECURITY_POLICY, 'Cache-Control': 'max-age=600' };
      response.writeHead(200, headers).end(file);
    } catch {
      missing(pathname, request.headers);
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  // The process can end after a failed test, even if the server was not stopped.
  server.unref();
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    baseURL: `http://127.0.0.1:${address.port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
