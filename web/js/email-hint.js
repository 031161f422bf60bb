/**
 * Shows a hint below an email address. The hint suggests a correction if the domain resembles the domain of a common
 * provider, or explains A-labels. The hint never prevents the subscriber from using the address.
 *
 * @typedef {import('./rules.js').Rules} Rules
 * @typedef {{ domain: string, address: string }} Suggestion
 */
import './catalogue/email-hint.js';
import { byId, element } from './elements.js';
import { isUnfinished, suggestedDomain } from './email-domains.js';
import { checkField } from './fields.js';
import { enterValues, pressWatcher } from './form.js';
import { t } from './i18n.js';
import { goToField, say } from './messages.js';

/**
 * @param {HTMLFormElement} form contains the field `emailAddress` and the element `email-hint`
 * @param {Rules} rules
 * @param {() => void} onEntered
 * @returns {() => void} redraws the hint in the current language
 */
export function hintAtTypingErrors(form, rules, onEntered) {
  const place = byId('email-hint', HTMLElement);
  const control = byId('field-emailAddress', HTMLInputElement);
  const afterPress = pressWatcher();
  let spoken = '';

  control.addEventListener('input', () => draw(isUnfinished));
  control.addEventListener('focusout', () => afterPress(() => draw()));
  return draw;

  /** Draws the hint, except for a domain that the subscriber may still be typing. */
  function draw(isTyping = (/** @type {string} */ _domain) => false) {
    const address = checkField('emailAddress', control.value, rules).value ?? '';
    const [local = '', domain = ''] = address.split('@');
    const meant = isTyping(domain) ? null : suggestedDomain(domain);
    const text = meant ? t('emailHint.question', { domain: meant }) : '';
    if (meant) place.replaceChildren(question(text, local, meant));
    else place.replaceChildren(...(hasALabel(domain) ? [element('p', { class: 'hint' }, t('emailHint.aLabel'))] : []));
    if (text !== spoken) say(text);
    spoken = text;
  }

  /** @param {string} text @param {string} local @param {string} domain */
  function question(text, local, domain) {
    const button = element(
      'button',
      { type: 'button', class: 'button button-outline button-small', click: () => use(`${local}@${domain}`) },
      t('emailHint.use', { domain }),
    );
    const label = element('p', { id: 'email-hint-text', class: 'hint' }, text);
    return element('div', { role: 'group', 'aria-labelledby': 'email-hint-text' }, label, button);
  }

  /** @param {string} address */
  function use(address) {
    enterValues(form, { emailAddress: address });
    draw();
    onEntered();
    goToField('emailAddress');
    say(t('emailHint.used', { address }));
  }
}

/** @param {string} domain */
function hasALabel(domain) {
  return domain.split('.').some((label) => label.startsWith('xn--'));
}
