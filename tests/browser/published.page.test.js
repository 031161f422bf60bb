import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { oid, sequence } from '../../web/js/pki/der.js';
import { integerText, oidText, timeText } from '../../web/js/pki/der-values.js';
import { fromPem } from '../../web/js/pki/pem.js';
import { certificateFacts, crlFacts } from '../../web/js/pki/published.js';
import { authority, openssl, temporaryFolder } from './pki.js';

const folder = temporaryFolder();
const CRL_NUMBER = '9f0000000000000001';

before(() => {
  authority(folder);
  folder.write('crlnumber', `${CRL_NUMBER}\n`);
  const [database, number] = [folder.path('index.txt'), folder.path('crlnumber')];
  const section = `database = ${database}\ndefault_md = sha256\ncrl_extensions = crl\ndefault_crl_days = 7`;
  const issuer = `certificate = ${folder.path('ca.pem')}\nprivate_key = ${folder.path('ca.key')}`;
  folder.write('numbered.cnf', `[ca]\ndefault_ca = own\n[own]\n${section}\n${issuer}\ncrlnumber = ${number}\n[crl]\nauthorityKeyIdentifier = keyid\n`);
  folder.write('unnumbered.cnf', `[ca]\ndefault_ca = own\n[own]\n${section}\n${issuer}\n[crl]\nauthorityKeyIdentifier = keyid\n`);
});
after(() => folder.remove());

/** @param {number} entries @param {string} [configuration] */
function crlOf(entries, configuration = 'numbered.cnf') {
  const revoked = Array.from({ length: entries }, (_, index) => {
    const serial = (0x10_000_000 + index).toString(16).toUpperCase();
    return `R\t350101000000Z\t260101000000Z,keyCompromise\t${serial}\tunknown\t/CN=${serial}\n`;
  });
  folder.write('index.txt', revoked.join(''));
  folder.write('crlnumber', `${CRL_NUMBER}\n`);
  openssl(['ca', '-config', folder.path(configuration), '-gencrl', '-out', folder.path('crl.pem')]);
  const [list] = fromPem('X509 CRL', readFileSync(folder.path('crl.pem'), 'utf8'));
  return /** @type {NonNullable<typeof list>} */ (list);
}

/** @param {Uint8Array<ArrayBuffer>} file */
function counted(file) {
  /** @type {[number, number][]} */
  const reads = [];
  return {
    reads,
    /** @param {number} from @param {number} length */
    read: async (from, length) => {
      reads.push([from, length]);
      return file.slice(from, from + length);
    },
  };
}

/** Converts a time from openssl's format to RFC 3339. @param {string | undefined} written */
const rfc3339 = (written) => new Date(String(written)).toISOString().replace('.000', '');

for (const entries of [0, 1, 40, 60, 61, 62, 5_000]) {
  test(`the details of a CRL with ${entries} entries agree with openssl`, async () => {
    const { reads, read } = counted(crlOf(entries));
    const facts = await crlFacts(read);
    const asked = openssl(['crl', '-in', folder.path('crl.pem'), '-noout', '-crlnumber', '-lastupdate', '-nextupdate']);
    const said = Object.fromEntries(asked.trim().split('\n').map((line) => line.split('=')));
    assert.equal(BigInt(facts.number), BigInt(said.crlNumber));
    assert.equal(BigInt(facts.number), BigInt(`0x${CRL_NUMBER}`));
    assert.equal(facts.thisUpdate, rfc3339(said.lastUpdate));
    assert.equal(facts.nextUpdate, rfc3339(said.nextUpdate));
    assert.ok(reads.length <= 2 && reads.every(([, length]) => length <= 2048), JSON.stringify(reads));
  });
}

test('a CRL that is cut off or has no number is refused', async () => {
  const list = crlOf(1);
  for (const length of [0, 1, 3, 40, 90]) await assert.rejects(crlFacts(counted(list.slice(0, length)).read), RangeError);
  await assert.rejects(crlFacts(counted(new TextEncoder().encode('<!DOCTYPE html><html lang="ja">')).read), RangeError);
  await assert.rejects(crlFacts(counted(crlOf(1, 'unnumbered.cnf')).read), RangeError);
});

test('the details of a certificate agree with openssl', () => {
  const pem = readFileSync(folder.path('ca.pem'), 'utf8');
  const [certificate] = fromPem('CERTIFICATE', pem);
  assert.ok(certificate);
  const asked = openssl(['x509', '-noout', '-subject', '-startdate', '-enddate', '-nameopt', 'RFC2253'], pem);
  const [, subject, notBefore, notAfter] = /^subject=(.*)\nnotBefore=(.*)\nnotAfter=(.*)\n$/.exec(asked) ?? [];
  const facts = certificateFacts(certificate);
  assert.equal(facts.subject.replaceAll(', ', ','), subject);
  assert.equal(facts.notBefore, rfc3339(notBefore));
  assert.equal(facts.notAfter, rfc3339(notAfter));
  assert.throws(() => certificateFacts(sequence()), RangeError);
});

test('times, numbers and identifiers are read as in RFC 5280 and X.690', () => {
  /** @param {number} tag @param {string} text */
  const written = (tag, text) => ({ tag, content: new TextEncoder().encode(text) });
  assert.equal(timeText(written(0x17, '491231235959Z')), '2049-12-31T23:59:59Z');
  assert.equal(timeText(written(0x17, '500101000000Z')), '1950-01-01T00:00:00Z');
  assert.equal(timeText(written(0x18, '20500101000000Z')), '2050-01-01T00:00:00Z');
  for (const wrong of ['2612312359Z', '261231235959+0900', '']) assert.throws(() => timeText(written(0x17, wrong)), RangeError);
  for (const dotted of ['2.5.29.20', '1.2.840.113549.1.1.11', '0.9.2342.19200300.100.1.25', '2.16.840.1.101.3.4.2.1']) {
    const whole = oid(dotted);
    assert.equal(oidText({ tag: 6, content: whole.slice(2), whole }), dotted);
  }
  const content = Uint8Array.from([0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  assert.equal(integerText({ tag: 2, content, whole: content }), '18446744073709551615');
});
