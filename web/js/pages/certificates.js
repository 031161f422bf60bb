/**
 * Step 2 lists the certificates that the credentials give access to. The table becomes a stack of cards on narrow
 * screens.
 */
import { listCertificates } from '../api.js';
import '../catalogue/wizard.js';
import { dateText, periodText } from '../dates.js';
import { byId, descriptionList, element } from '../elements.js';
import { t } from '../i18n.js';
import { watchSession } from '../session-watch.js';
import { loadPage, startPage } from '../shell.js';
import { certificatePage, receiptPage } from '../steps.js';

/**
 * @typedef {import('../api.js').Schemas} Schemas
 * @typedef {import('../i18n.js').Key} Key
 */

const content = byId('content', HTMLElement);

/** @type {Schemas['CertificateList'] | null} */
let list = null;

startPage({ title: 'title.certificates', step: 'choose', watch: watchSession, draw });
loadPage(listCertificates, (answer) => {
  list = answer;
  draw();
});

function draw() {
  if (!list) return;
  content.replaceChildren(...reissuable(list), ...notReissuable(list), ...receipts(list));
}

/** @param {Schemas['CertificateList']} answer */
function reissuable({ certificates, minimumDaysLeft }) {
  const count = element(
    'p',
    { class: 'result-count' },
    certificates.length === 1 ? t('certificates.countOne') : t('certificates.count', { count: certificates.length }),
  );
  if (certificates.length === 0) {
    return [
      count,
      element('p', {}, t('certificates.none')),
      element('p', {}, t('certificates.noneHint', { days: minimumDaysLeft })),
    ];
  }
  return [element('p', {}, t('certificates.lead')), count, table(certificates)];
}

/** @type {[Key, (certificate: Schemas['CertificateSummary']) => Node | string][]} */
const columns = [
  ['facts.couponNumber', ({ couponNumber }) => element('a', { href: certificatePage(couponNumber) }, couponNumber)],
  ['facts.validity', periodText],
  ['certificates.subscriberName', ({ subscriberName }) => inJapanese(subscriberName)],
  ['certificates.organizationName', ({ organizationName }) => inJapanese(organizationName)],
  ['certificates.companyCode', ({ companyCode }) => companyCode],
];

/**
 * Returns a table with explicit ARIA roles, because some browsers drop the implicit roles in the stacked layout.
 *
 * @param {Schemas['CertificateSummary'][]} certificates
 */
function table(certificates) {
  const head = columns.map(([key]) => element('th', { scope: 'col', role: 'columnheader' }, t(key)));
  const rows = certificates.map((certificate) => {
    const cells = columns.map(([key, cell]) =>
      element(
        'td',
        { role: 'cell' },
        element('span', { class: 'cell-label', 'aria-hidden': 'true' }, t(key)),
        element('span', {}, cell(certificate)),
      ),
    );
    return element('tr', { role: 'row' }, ...cells);
  });
  return element(
    'table',
    { class: 'certificates', role: 'table' },
    element('caption', { class: 'visually-hidden' }, t('certificates.caption')),
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...head)),
    element('tbody', { role: 'rowgroup' }, ...rows),
  );
}

/** @param {Schemas['CertificateList']} answer */
function notReissuable({ notReissuable: refused, minimumDaysLeft }) {
  if (refused.length === 0) return [];
  const items = refused.map(({ certificate, reason }) => {
    const when = { from: dateText(certificate.notBefore), to: dateText(certificate.notAfter), days: minimumDaysLeft };
    return element(
      'li',
      { class: 'card' },
      descriptionList([
        [t('certificates.reason'), element('strong', {}, t(`certificates.reason.${reason}`, when))],
        [t('facts.couponNumber'), certificate.couponNumber],
        [t('facts.validity'), periodText(certificate)],
        [t('certificates.subscriberName'), inJapanese(certificate.subscriberName)],
      ]),
    );
  });
  return [element('h2', {}, t('certificates.notReissuable')), element('ul', { class: 'cards' }, ...items)];
}

/** @param {Schemas['CertificateList']} answer */
function receipts({ receipts: accepted }) {
  if (accepted.length === 0) return [];
  const items = accepted.map(({ receiptNumber, acceptedAt, couponNumber }) => {
    const text = t('certificates.receipt', { number: receiptNumber, date: dateText(acceptedAt), coupon: couponNumber });
    return element('li', {}, element('a', { href: receiptPage(receiptNumber) }, text));
  });
  return [element('h2', {}, t('certificates.receipts')), element('ul', {}, ...items)];
}

/** @param {string} text */
function inJapanese(text) {
  return element('span', { lang: 'ja' }, text);
}
