/** The repository page shows details of the CA certificate and of the CRL, which it reads from the published files. */
import '../catalogue/site.js';
import { dateTimeText, periodText } from '../dates.js';
import { byId, descriptionList, element, octetsView } from '../elements.js';
import { language, t } from '../i18n.js';
import { sha256Fingerprint } from '../pki/certificate.js';
import { toPem } from '../pki/pem.js';
import { certificateFacts, crlFacts } from '../pki/published.js';
import { partsOf } from '../ranges.js';
import { startPage } from '../shell.js';

/** Returns the content of each element whose file has been read. @type {Map<HTMLElement, () => Node[]>} */
const views = new Map();

startPage({ title: 'title.repository', draw });
show(byId('ca-facts', HTMLElement), readCertificate);
show(byId('crl-facts', HTMLElement), readCrl);

function draw() {
  for (const [place, view] of views) place.replaceChildren(...view());
}

/**
 * Shows the details of a published file. If the file cannot be read, the page still links to it.
 *
 * @param {HTMLElement} place
 * @param {() => Promise<() => Node[]>} read
 */
async function show(place, read) {
  try {
    views.set(place, await read());
  } catch {
    views.set(place, () => [element('p', { class: 'hint' }, t('repository.unreadable'))]);
  }
  draw();
}

async function readCertificate() {
  const answer = await fetch('/ca.cer', { cache: 'no-store' });
  const certificate = new Uint8Array(await answer.arrayBuffer());
  const facts = certificateFacts(certificate);
  const fingerprint = await sha256Fingerprint(certificate);
  const pem = URL.createObjectURL(new Blob([toPem('CERTIFICATE', certificate)], { type: 'application/x-pem-file' }));
  return () => [
    descriptionList([
      [t('repository.subject'), facts.subject],
      [t('facts.validity'), periodText(facts)],
      [t('repository.fingerprint'), octetsView(fingerprint)],
    ]),
    element('p', {}, element('a', { href: pem, download: 'ca.pem' }, t('repository.caPem'))),
  ];
}

async function readCrl() {
  const list = partsOf('/crl/complete.crl');
  const { number, thisUpdate, nextUpdate } = await crlFacts(list.read);
  const overdue = nextUpdate !== null && Date.parse(nextUpdate) < Date.now();
  return () => [
    descriptionList([
      [t('repository.crlNumber'), number],
      [t('repository.thisUpdate'), momentView(thisUpdate)],
      ...(nextUpdate ? [pair(t('repository.nextUpdate'), momentView(nextUpdate))] : []),
      [t('repository.size'), sizeText(list.size())],
    ]),
    ...(overdue ? [element('p', { class: 'notice notice-warning' }, t('repository.overdue'))] : []),
  ];
}

/** @param {string} term @param {Node} description @returns {[string, Node]} */
function pair(term, description) {
  return [term, description];
}

/** @param {string} moment RFC 3339 */
function momentView(moment) {
  return element('time', { datetime: moment }, dateTimeText(moment));
}

/** @param {number} octets */
function sizeText(octets) {
  /** @type {[string, number]} */
  const [unit, length] = octets < 1000 ? ['byte', 1] : octets < 1_000_000 ? ['kilobyte', 1000] : ['megabyte', 1_000_000];
  const format = new Intl.NumberFormat(language(), { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 });
  return format.format(octets / length);
}
