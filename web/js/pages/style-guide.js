/**
 * Shows every component in every state, drawn by the same code as on the other pages. No page links to the style guide.
 */
import { loadRules } from '../api.js';
import '../catalogue/pick-up.js';
import '../catalogue/receipt.js';
import '../catalogue/session.js';
import '../catalogue/wizard.js';
import { byId, descriptionList, element } from '../elements.js';
import { checkNewEmailAddress } from '../email-address.js';
import { checkMailboxesWith } from '../fields.js';
import { checkedValues, labelFields, normaliseOnLeaving, showFieldErrors, whileRunning } from '../form.js';
import { language, t } from '../i18n.js';
import { clearNotice, showNotice, showProblem } from '../messages.js';
import { ruleMessage } from '../rules.js';
import { drawSteps, loadPage, startPage } from '../shell.js';

/** @typedef {import('../rules.js').Rules} Rules */

const fields = byId('fields', HTMLFormElement);
const acknowledgement = byId('acknowledgement', HTMLFormElement);

/** @type {Rules | null} */
let rules = null;

checkMailboxesWith(checkNewEmailAddress);

startPage({ title: 'title.style-guide', draw });
drawColours();
byId('open-dialog', HTMLButtonElement).addEventListener('click', openDialog);
loadPage(loadRules, (loaded) => {
  rules = loaded;
  byId('field-prefecture', HTMLSelectElement).append(
    ...loaded.prefectures.map((name) => element('option', { value: name, lang: 'ja' }, name)),
  );
  normaliseOnLeaving(fields, loaded);
  fields.addEventListener('submit', (event) => {
    event.preventDefault();
    checkedValues(fields, loaded);
  });
  acknowledgement.addEventListener('submit', (event) => {
    event.preventDefault();
    const message = ruleMessage(loaded, language(), 'notAcknowledged', t('certificate.acknowledgement'));
    const { checked } = byId('field-acknowledged', HTMLInputElement);
    showFieldErrors(acknowledgement, checked ? [] : [{ field: 'acknowledged', message }]);
  });
  draw();
});

function draw() {
  drawSteps(byId('steps', HTMLElement), 'check');
  byId('type', HTMLElement).replaceChildren(...type());
  byId('buttons', HTMLElement).replaceChildren(...buttons());
  byId('notice-buttons', HTMLElement).replaceChildren(...noticeButtons());
  byId('notice-kinds', HTMLElement).replaceChildren(...notices());
  byId('lists', HTMLElement).replaceChildren(...lists());
  byId('address-offer', HTMLElement).replaceChildren(addresses());
  byId('strengths', HTMLElement).replaceChildren(...strengths());
  showFieldErrors(acknowledgement, []);
  if (rules) labelFields(fields, rules);
}

/** Shows each colour of tokens.css with its value in the current colour scheme. */
function drawColours() {
  const names = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].flatMap(colourNames));
  const swatches = [...new Set(names)].map((name) => {
    const swatch = element('span', { class: 'swatch' });
    swatch.style.background = `var(${name})`;
    return element('li', {}, swatch, name);
  });
  byId('colours', HTMLElement).replaceChildren(...swatches);
}

/** @param {CSSRule} rule */
function colourNames(rule) {
  if (!(rule instanceof CSSStyleRule) || rule.selectorText !== ':root') return [];
  return [...rule.style].filter(
    (name) => name.startsWith('--') && CSS.supports('color', rule.style.getPropertyValue(name).trim()),
  );
}

function type() {
  return [
    element('p', { class: 'lead' }, t('index.lead')),
    element('p', {}, t('certificate.explanation')),
    element('p', { class: 'hint' }, t('index.hint.emailAddress')),
    element('p', { class: 'receipt-number' }, '7QX2-9M4K-TB5C'),
    element('p', { class: 'serial' }, '0a:1b:2c:3d:4e:5f:60:71'),
  ];
}

function buttons() {
  const running = element('button', { type: 'button', class: 'button button-solid' }, t('index.submit'));
  whileRunning(running, t('form.running'), () => new Promise(() => {}));
  return [
    element(
      'div',
      { class: 'buttons' },
      element('button', { type: 'button', class: 'button button-outline' }, t('form.back')),
      element('button', { type: 'button', class: 'button button-solid' }, t('form.next')),
      element('a', { class: 'button button-solid', href: 'pick-up.html' }, t('receipt.toPickUp')),
      element('button', { type: 'button', class: 'button button-outline button-small' }, t('credentials.showPassword')),
      running,
    ),
    element('div', { class: 'buttons' }, element('button', { type: 'button', class: 'button button-outline' }, t('session.close'))),
    element('p', {}, element('a', { href: 'help.html' }, t('footer.help'))),
  ];
}

function noticeButtons() {
  const text = t('application.restored');
  const kinds = /** @type {const} */ (['information', 'success', 'warning']);
  const actions = [{ text: t('session.close'), act: clearNotice }];
  const problem = () =>
    showProblem({
      heading: t('problem.networkTitle'),
      texts: [t('problem.network')],
      links: [{ text: t('problem.toStart'), href: 'index.html' }],
      actions: [{ text: t('problem.retry'), act: problem }],
    });
  return [
    ...kinds.map((kind) => outlineButton(kind, () => showNotice({ kind, heading: t('receipt.resentHeading'), text, actions }))),
    outlineButton('error', problem),
  ];
}

/** @param {string} text @param {() => void} click */
function outlineButton(text, click) {
  return element('button', { type: 'button', class: 'button button-outline', lang: 'en', click }, text);
}

function notices() {
  return ['information', 'success', 'warning', 'error'].map((kind) =>
    element(
      'div',
      { class: `notice notice-${kind}` },
      element('h2', {}, t('certificate.warningFinal')),
      element('p', {}, t('certificate.warningKeep')),
      element('p', {}, element('a', { href: 'contact.html' }, t('problem.toContact'))),
    ),
  );
}

function addresses() {
  const names = ['愛知県弥富市', '三重県桑名郡木曽岬町'];
  const items = names.map((name) =>
    element('li', {}, element('button', { type: 'button', class: 'button button-outline button-small' }, name)),
  );
  return element(
    'div',
    { role: 'group', 'aria-labelledby': 'address-offer-label' },
    element('p', { id: 'address-offer-label', class: 'hint' }, t('application.addressOffer')),
    element('ul', { class: 'addresses', lang: 'ja' }, ...items),
  );
}

function strengths() {
  return ['weak', 'fair', 'strong'].map((level) =>
    element('p', { class: 'strength', 'data-level': level }, t(/** @type {import('../i18n.js').Key} */ (`pickUp.strength.${level}`))),
  );
}

function lists() {
  const change = element('a', { class: 'change', href: '#lists' }, t('review.change'));
  return [
    element('p', { class: 'result-count' }, t('certificates.count', { count: 2 })),
    descriptionList([
      [t('facts.commonName'), element('span', { class: 'changeable' }, element('span', { class: 'answer' }, 'Mihon Taro'), change)],
      [t('facts.emailAddress'), 'taro@example.co.jp'],
      [t('facts.couponNumber'), '984940947'],
    ]),
    element(
      'ol',
      { class: 'timeline' },
      element('li', {}, element('time', {}, '2026-11-23'), element('span', {}, t('receipt.event.accepted'))),
      element('li', {}, element('time', {}, '2026-11-23'), element('span', {}, t('receipt.event.revoked'))),
    ),
    table(),
    element(
      'ul',
      { class: 'cards' },
      element('li', { class: 'card' }, descriptionList([[t('facts.couponNumber'), '984940911']])),
      element('li', { class: 'card' }, descriptionList([[t('facts.couponNumber'), '984940912']])),
    ),
  ];
}

function table() {
  const names = [t('facts.couponNumber'), t('certificates.companyCode')];
  const cells = [element('a', { href: '#lists' }, '984940947'), '1234567'].map((content, index) =>
    element(
      'td',
      { role: 'cell' },
      element('span', { class: 'cell-label', 'aria-hidden': 'true' }, names[index] ?? ''),
      element('span', {}, content),
    ),
  );
  return element(
    'table',
    { class: 'certificates', role: 'table' },
    element('caption', { class: 'visually-hidden' }, t('certificates.caption')),
    element(
      'thead',
      { role: 'rowgroup' },
      element('tr', { role: 'row' }, ...names.map((name) => element('th', { scope: 'col', role: 'columnheader' }, name))),
    ),
    element('tbody', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...cells)),
  );
}

function openDialog() {
  const close = () => byId('dialog', HTMLDialogElement).remove();
  const dialog = element(
    'dialog',
    { id: 'dialog', class: 'dialog', 'aria-labelledby': 'dialog-heading', close },
    element('h2', { id: 'dialog-heading' }, t('session.warningHeading')),
    element('p', {}, t('session.ended')),
    element(
      'div',
      { class: 'buttons' },
      element('button', { type: 'button', class: 'button button-solid', click: close }, t('session.close')),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
