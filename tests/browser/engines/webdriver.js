/**
 * A small WebDriver client (https://www.w3.org/TR/webdriver2/). The client controls unmodified browsers, whereas
 * Playwright supports only patched builds of Firefox and WebKit.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** The name of the JSON member that contains an element reference (WebDriver section 12). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** The time limit for one request, the time limit for all attempts, and the pause between attempts, in milliseconds. */
const LONGEST_REQUEST = 60_000;
const LONGEST_WAIT = 40_000;
const PAUSE = 100;

/** A WebDriver error, with an error code from section 6.6 of the specification. */
class WebDriverError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** A browser with one window. */
export class WebDriver {
  #process;
  #address;
  #session = '';

  /** @param {import('node:child_process').ChildProcess} process @param {number} port */
  constructor(process, port) {
    this.#process = process;
    this.#address = `http://127.0.0.1:${port}`;
  }

  /**
   * @param {{ program: string, args: (port: number) => string[], env?: NodeJS.ProcessEnv, capabilities: object }} engine
   */
  static async start({ program, args, env = process.env, capabilities }) {
    const port = await freePort();
    const driver = new WebDriver(startGroup(program, args(port), env), port);
    try {
      await driver.attempt(program, () => driver.#send('GET', 'status'));
      const { sessionId } = await driver.#send('POST', 'session', { capabilities: { alwaysMatch: capabilities } });
      driver.#session = `session/${sessionId}/`;
    } catch (failure) {
      endGroup(driver.#process);
      throw failure;
    }
    return driver;
  }

  async close() {
    await this.#send('DELETE', this.#session.slice(0, -1)).catch(() => {});
    endGroup(this.#process);
  }

  /** @param {string} address */
  async goTo(address) {
    await this.#inSession('POST', 'url', { url: address });
  }

  /**
   * Goes back one page in the history, and waits until the current page is gone. The mark shows that the page is gone,
   * because the address of the previous page can be the same.
   */
  async goBack() {
    await this.run(() => document.documentElement.setAttribute('data-left', ''));
    await this.run(() => history.back());
    await this.until('the previous page', () => !document.documentElement.hasAttribute('data-left'));
  }

  /**
   * Runs a function in the page. The function must not refer to variables outside its body.
   *
   * @template {any[]} Parameters
   * @template Result
   * @param {(...parameters: Parameters) => Result} script
   * @param {Parameters} parameters
   * @returns {Promise<Awaited<Result>>}
   */
  run(script, ...parameters) {
    return this.#inSession('POST', 'execute/sync', { script: `return (${script})(...arguments)`, args: parameters });
  }

  /**
   * Waits until a function in the page returns a truthy value.
   *
   * @template {any[]} Parameters
   * @param {string} awaited for the message
   * @param {(...parameters: Parameters) => unknown} condition
   * @param {Parameters} parameters
   */
  async until(awaited, condition, ...parameters) {
    await this.attempt(awaited, () => this.run(condition, ...parameters));
  }

  /** @param {string} selector */
  async isVisible(selector) {
    await this.until(
      `${selector} in view`,
      (wanted) => (document.querySelector(wanted)?.getClientRects().length ?? 0) > 0,
      selector,
    );
  }

  /** @param {string} page the name of its file @param {string} selector of an element that the page shows when it is ready */
  async isAt(page, selector) {
    await this.until(page, (name) => location.pathname === `/${name}` && document.readyState === 'complete', page);
    await this.isVisible(selector);
  }

  /** @param {string} text */
  async shows(text) {
    await this.until(`“${text}”`, (wanted) => document.body.innerText.includes(wanted), text);
  }

  /** @param {string} selector */
  text(selector) {
    return this.run((wanted) => /** @type {HTMLElement | null} */ (document.querySelector(wanted))?.innerText ?? '', selector);
  }

  /** @param {string} selector */
  async click(selector) {
    await this.attempt(`a click on ${selector}`, async () => {
      const element = await this.#find(selector);
      await this.#inSession('POST', `${element}/click`, {});
      return true;
    });
  }

  /** Replaces the content of a field by typing text. @param {string} selector @param {string} text */
  async fill(selector, text) {
    await this.attempt(`${selector} with “${text}” in it`, async () => {
      const element = await this.#find(selector);
      await this.#inSession('POST', `${element}/clear`, {});
      await this.#inSession('POST', `${element}/value`, { text });
      return this.run(
        (wanted, typed) => /** @type {HTMLInputElement | null} */ (document.querySelector(wanted))?.value === typed,
        selector,
        text,
      );
    });
  }

  /** @returns {Promise<{ name: string, path: string, secure: boolean, httpOnly: boolean, sameSite?: string }[]>} */
  cookies() {
    return this.#inSession('GET', 'cookie');
  }

  /**
   * Finds an element and scrolls to it, because WebKit's driver does not scroll automatically.
   *
   * @param {string} selector
   */
  async #find(selector) {
    const found = await this.#inSession('POST', 'element', { using: 'css selector', value: selector });
    await this.run((wanted) => document.querySelector(wanted)?.scrollIntoView({ block: 'center' }), selector);
    return `element/${found[ELEMENT]}`;
  }

  /**
   * Repeats an action until its result is truthy. An attempt that fails with a WebDriver error has no effect on the
   * page.
   *
   * @param {string} awaited
   * @param {() => Promise<unknown>} act
   */
  async attempt(awaited, act) {
    const end = Date.now() + LONGEST_WAIT;
    /** @type {unknown} */
    let cause;
    do {
      try {
        if (await act()) return;
      } catch (failure) {
        if (failure instanceof WebDriverError === false && this.#session !== '') throw failure;
        cause = failure;
      }
      await setTimeout(PAUSE);
    } while (Date.now() < end && this.#process.exitCode === null);
    throw new Error(`waited in vain for ${awaited}${await this.#whereItIs()}`, { cause });
  }

  /** Describes the current page for the error message of a failed test. */
  async #whereItIs() {
    if (this.#session === '') return '';
    const page = await this.run(() => `${location.href}\n${document.body.innerText}`).catch(String);
    return ` at ${page}`;
  }

  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  #inSession(method, path, body) {
    return this.#send(method, this.#session + path, body);
  }

  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async #send(method, path, body) {
    const answer = await fetch(`${this.#address}/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      signal: AbortSignal.timeout(LONGEST_REQUEST),
    });
    /** @type {{ value: any }} */
    const { value } = await answer.json();
    if (!answer.ok) throw new WebDriverError(value.error, value.message);
    return value;
  }
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

process.on('exit', () => running.forEach(endGroup));
// Without these handlers, a signal would end the process without an exit event, and the started programs would continue
// to run.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/**
 * Starts a program in its own process group. When this process exits, it ends the group.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {import('node:child_process').StdioOptions} [stdio]
 */
export function startGroup(program, args, env, stdio = 'ignore') {
  const started = spawn(program, args, { env, stdio, detached: true });
  started.on('error', () => running.delete(started));
  running.add(started);
  return started;
}

/** Ends a program and its child processes. @param {import('node:child_process').ChildProcess} started */
export function endGroup(started) {
  running.delete(started);
  try {
    if (started.pid) process.kill(-started.pid, 'SIGKILL');
  } catch {
    // The process group had already ended.
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
