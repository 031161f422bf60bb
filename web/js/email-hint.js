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
  let shown = '';

  control.addEventListener('input', () => draw(isUnfinished));
  control.addEventListener('focusout', () => afterPress(() => draw()));
  return draw;

  /** Draws the hint, except for a domain that the subscriber may still be typing. */
  function draw(isTyping = (/** @type {string} */ _domain) => false) {
    const address = checkField('emailAddress', control.value, rules).value ?? '';
    const [local = '', domain = ''] = address.split('@');
    const meant = isTyping(domain) ? null : suggestedDomain(domain);
    const text = textFor(domain, meant);
    const hint = text && local + text;
    // The same hint is not replaced, because the focus may be moving to its button.
    if (hint === shown) return;
    shown = hint;
    if (meant) place.replaceChildren(question(text, local, meant));
    else place.replaceChildren(...(text ? [element('p', { class: 'hint' }, text)] : []));
    say(text);
  }

  /** @param {string} domain @param {string | null} meant */
  function textFor(domain, meant) {
    if (meant) return t('emailHint.question', { domain: meant });
    return domain.split('.').some((label) => label.startsWith('xn--')) ? t('emailHint.aLabel') : '';
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
