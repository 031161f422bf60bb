/** Uses openssl to check the browser's output and to act as the certification authority of the stub. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @param {readonly string[]} args @param {string} [input] */
export function openssl(args, input = '') {
  return execFileSync('openssl', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Creates a temporary folder for one test file. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'cert-reissue-'));
  /** @param {string} name */
  const path = (name) => join(folder, name);
  return {
    path,
    /** @param {string} name @param {string | Uint8Array} content */
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/**
 * Creates a certification authority for one test file.
 *
 * @param {ReturnType<typeof temporaryFolder>} folder
 */
export function authority(folder) {
  const key = folder.path('ca.key');
  const certificate = folder.path('ca.pem');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', key];
  openssl(['req', '-x509', ...newKey, '-out', certificate, '-subj', '/C=JP/O=Sample CA K.K./CN=Sample Personal CA', '-days', '2']);
  return {
    certificate: readFileSync(certificate, 'utf8'),
    /** @param {string} request in PEM @returns {string} in PEM */
    issue(request) {
      const subject = '/C=JP/O=Sample Trading K.K./CN=Mihon Taro';
      const signing = ['-CA', certificate, '-CAkey', key, '-CAcreateserial', '-days', '1', '-subj', subject];
      return openssl(['x509', '-req', ...signing], request);
    },
  };
}

/**
 * Reads a PKCS#12 file with openssl. Returns the file's contents and protection, and whether the key matches the first
 * certificate.
 *
 * @param {string} file
 * @param {string} password
 * @param {readonly string[]} [options]
 */
export function opened(file, password, options = []) {
  const unlock = ['pkcs12', '-in', file, '-passin', `pass:${password}`, ...options];
  const certificate = openssl([...unlock, '-nokeys', '-clcerts']);
  const key = openssl([...unlock, '-nocerts', '-noenc']);
  // openssl prints a description of the file's protection to standard error.
  const { stderr } = spawnSync('openssl', [...unlock, '-info', '-noout'], { encoding: 'utf8' });
  return {
    described: stderr,
    matches: openssl(['x509', '-noout', '-pubkey'], certificate) === openssl(['pkey', '-pubout'], key),
    certificate: openssl(['x509'], certificate),
    chain: openssl([...unlock, '-nokeys', '-cacerts']),
  };
}
