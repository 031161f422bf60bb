/** Starts Debian's Firefox and WebKit. Each browser has a new profile, which is deleted at the end. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { WebDriver, endGroup, startGroup } from './webdriver.js';

/**
 * @typedef {{ driver: WebDriver, save: (link: string) => Promise<string>, close: () => Promise<void> }} Engine
 *   save clicks on the link of a file, waits until the file is saved, and returns its path
 * @typedef {{ keepsCookies?: boolean }} Options
 * @typedef {(options?: Options) => Promise<Engine>} Launch
 */

/** The value of network.cookie.cookieBehavior that makes Firefox reject all cookies. */
const REJECT_ALL = 2;

/** @type {Launch} */
export async function firefox({ keepsCookies = true } = {}) {
  const home = temporaryHome();
  const driver = await WebDriver.start({
    program: process.env.GECKODRIVER ?? 'geckodriver',
    args: (port) => ['--port', String(port), '--log', 'error'],
    env: home.env,
    capabilities: {
      acceptInsecureCerts: true,
      'moz:firefoxOptions': {
        binary: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
        args: ['-headless'],
        prefs: {
          'browser.download.folderList': 2,
          'browser.download.dir': home.downloads,
          'browser.download.alwaysOpenPanel': false,
          'intl.accept_languages': 'ja',
          ...(!keepsCookies && { 'network.cookie.cookieBehavior': REJECT_ALL }),
        },
      },
    },
  });
  return engine(driver, home, () => {});
}

/** Starts WebKit on a virtual display, because WebKit needs a display. @type {Launch} */
export async function webkit({ keepsCookies = true } = {}) {
  const home = temporaryHome();
  const display = await startDisplay();
  const driver = await WebDriver.start({
    program: process.env.WEBKIT_DRIVER ?? '/usr/bin/WebKitWebDriver',
    args: (port) => [`--port=${port}`, '--host=127.0.0.1'],
    env: { ...home.env, DISPLAY: display.name, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1' },
    capabilities: {
      acceptInsecureCerts: true,
      'webkitgtk:browserOptions': {
        binary: miniBrowser(),
        args: ['--automation', `--cookies-policy=${keepsCookies ? 'always' : 'never'}`],
      },
    },
  });
  return engine(driver, home, display.end);
}

/**
 * Returns the path of the browser that WebKit's driver starts. Debian installs this browser next to the library, in a
 * folder named after the architecture.
 */
function miniBrowser() {
  const libraries = '/usr/lib';
  for (const architecture of readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu'))) {
    const folder = join(libraries, architecture);
    const version = readdirSync(folder).find((name) => name.startsWith('webkit2gtk-4.'));
    if (version) return join(folder, version, 'MiniBrowser');
  }
  throw new Error('WebKit is not installed: webkit2gtk-driver');
}

/**
 * @param {WebDriver} driver
 * @param {ReturnType<typeof temporaryHome>} home
 * @param {() => void} afterwards
 * @returns {Engine}
 */
function engine(driver, home, afterwards) {
  return {
    driver,
    async save(link) {
      const before = home.saved();
      const added = () => home.saved().find((path) => !before.includes(path));
      await driver.click(link);
      await driver.attempt(`the file of ${link}`, async () => added());
      return String(added());
    },
    async close() {
      await driver.close();
      afterwards();
    },
  };
}

/** Contains the browsers' home folders, which are deleted after webdriver.js has ended the browsers. */
const homes = mkdtempSync(join(tmpdir(), 'cert-reissue-engines-'));

process.on('exit', () => rmSync(homes, { recursive: true, force: true, maxRetries: 5 }));

/** Creates a home folder for one browser, with a download folder inside. */
function temporaryHome() {
  const folder = mkdtempSync(join(homes, 'home-'));
  const downloads = join(folder, 'Downloads');
  const config = join(folder, '.config');
  for (const path of [downloads, config]) mkdirSync(path);
  writeFileSync(join(config, 'user-dirs.dirs'), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
  return {
    downloads,
    env: {
      ...process.env,
      HOME: folder,
      XDG_CONFIG_HOME: config,
      XDG_CACHE_HOME: join(folder, '.cache'),
      XDG_DATA_HOME: join(folder, '.local'),
    },
    /** Returns the completed downloads. An incomplete download is empty or has another name. */
    saved: () =>
      readdirSync(downloads)
        .filter((name) => name.endsWith('.p12'))
        .map((name) => join(downloads, name))
        .filter((path) => statSync(path).size > 0),
  };
}

/** Starts Xvfb, which chooses a free display number and writes the number to a file descriptor. */
async function startDisplay() {
  const started = startGroup(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'],
    process.env,
    ['ignore', 'ignore', 'ignore', 'pipe'],
  );
  const told = /** @type {import('node:stream').Readable} */ (started.stdio[3]);
  const [number] = await once(told, 'data', { signal: AbortSignal.timeout(30_000) });
  return { name: `:${String(number).trim()}`, end: () => endGroup(started) };
}
