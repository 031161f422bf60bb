/** Step 3 shows the certificate, explains when the reissue will revoke it, and asks for an acknowledgement. */
import { loadRules, selectCertificate, serverTime, showCertificate } from '../api.js';
import '../catalogue/wizard.js';
import { dateText, dateTimeText, periodText } from '../dates.js';
import { byId, descriptionList, element, octetsView } from '../elements.js';
import { handleFailure } from '../failures.js';
import { showServerErrors, showFieldErrors, whileRunning } from '../form.js';
import { language, t } from '../i18n.js';
import { ruleMessage } from '../rules.js';
import { watchSession } from '../session-watch.js';
import { loadPage, startPage } from '../shell.js';
import { goTo, pageOf } from '../steps.js';
import { tabMemory } from '../storage.js';

/** @typedef {import('../api.js').Schemas} Schemas */

const couponNumber = new URLSearchParams(location.search).get('coupon') ?? '';
const content = byId('content', HTMLElement);
const form = byId('acknowledgement', HTMLFormElement);
const acknowledged = byId('field-acknowledged', HTMLInputElement);
const nextButton = byId('next', HTMLButtonElement);

/** @type {Schemas['CertificatePage'] | null} */
let page = null;

if (couponNumber === '') location.replace(pageOf('choose'));
startPage({ title: 'title.certificate', step: 'check', watch: watchSession, draw });
loadPage(
  () => Promise.all([showCertificate(couponNumber), loadRules()]),
  ([answer, rules]) => {
    page = answer;
    keepAcknowledgement(answer);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      whileRunning(nextButton, t('form.running'), () => choose(rules));
    });
    draw();
    form.hidden = false;
  },
);

function draw() {
  showFieldErrors(form, []);
  if (!page) return;
  content.replaceChildren(
    element('p', { class: 'lead' }, t('certificate.question')),
    descriptionList([
      [t('facts.commonName'), page.commonName],
      [t('facts.emailAddress'), page.emailAddress],
      [t('facts.validity'), periodText(page.certificate)],
      [t('facts.serialNumber'), octetsView(page.serialNumber)],
    ]),
    element('p', {}, t('certificate.explanation')),
    warning(page),
  );
}

/** @param {Schemas['CertificatePage']} shown */
function warning({ commonName, serialNumber, certificate, revocation }) {
  const when =
    revocation.timing === 'pickup' && revocation.latestAt
      ? t('certificate.whenPickup', { date: dateTimeText(revocation.latestAt) })
      : t('certificate.whenSubmission', { date: dateText(serverTime()) });
  const facts = [
    t('certificate.warningWhich', { serial: serialNumber, period: periodText(certificate) }),
    t('certificate.warningWhen', { when }),
    t('certificate.warningUses'),
    ...(revocation.timing === 'submission' ? [t('certificate.warningGap')] : []),
    t('certificate.warningKeep'),
  ];
  return element(
    'section',
    { class: 'notice notice-warning' },
    element('h2', {}, t('certificate.warningHeading', { name: commonName })),
    element('p', {}, element('strong', {}, t('certificate.warningFinal'))),
    element('ul', {}, ...facts.map((fact) => element('li', {}, fact))),
  );
}

/**
 * Stores the acknowledgement in the tab while the warning stays the same. By default, browsers would restore the
 * checked state regardless of the warning.
 *
 * @param {Schemas['CertificatePage']} shown
 */
function keepAcknowledgement({ serialNumber, revocation: { timing } }) {
  const name = `acknowledged.${couponNumber}`;
  const warned = `${serialNumber} ${timing}`;
  acknowledged.checked = tabMemory.recall(name) === warned;
  acknowledged.addEventListener('change', () => {
    if (acknowledged.checked) tabMemory.remember(name, warned);
    else tabMemory.forget(name);
  });
}

/** @param {import('../rules.js').Rules} rules */
async function choose(rules) {
  if (!acknowledged.checked) {
    const message = ruleMessage(rules, language(), 'notAcknowledged', t('certificate.acknowledgement'));
    showFieldErrors(form, [{ field: 'acknowledged', message }]);
    return;
  }
  showFieldErrors(form, []);
  try {
    const { nextStep } = await selectCertificate(couponNumber, { acknowledged: true });
    await goTo(pageOf(nextStep));
  } catch (failure) {
    if (!showServerErrors(form, failure)) handleFailure(failure, () => form.requestSubmit());
  }
}
