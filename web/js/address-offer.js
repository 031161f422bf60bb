/**
 * Lists the addresses that belong to the entered postal code. The form is filled in only when the subscriber chooses an
 * address. An undo button restores the previous values. The subscriber can always type an address instead.
 *
 * @typedef {import('./postal-codes.js').Address} Address
 * @typedef {import('./rules.js').Rules} Rules
 * @typedef {{ state: 'choice', addresses: Address[] }} Choice
 * @typedef {{ state: 'entered', choice: Choice, replaced: Address }} Entered
 * @typedef {Choice | Entered | { state: 'unknown' | 'unavailable' }} Offer
 */
import { byId, element } from './elements.js';
import { checkField } from './fields.js';
import { enterValues, enteredValues } from './form.js';
import { t } from './i18n.js';
import { goToField, say } from './messages.js';
import { addressesOf, enteredOver } from './postal-codes.js';

/**
 * @param {HTMLFormElement} form contains the address fields and the element `address-offer`
 * @param {Rules} rules
 * @param {() => void} onEntered
 * @returns {() => void} redraws the offer in the current language, or removes it if the postal code has changed
 */
export function offerAddresses(form, rules, onEntered) {
  const place = byId('address-offer', HTMLElement);
  /** @type {Offer | null} */
  let offer = null;
  let askedFor = codeIn(form, rules);

  byId('field-postalCode', HTMLInputElement).addEventListener('input', lookUp);
  return draw;

  async function lookUp() {
    const code = codeIn(form, rules);
    if (code === askedFor) return;
    draw();
    if (code === null) return;
    const found = await offerFor(code);
    if (code !== askedFor || isEntered(found)) return;
    show(found);
    say(spokenText(found));
  }

  function draw() {
    const code = codeIn(form, rules);
    show(code === askedFor ? offer : null);
    askedFor = code;
  }

  /** @param {Offer | null} next */
  function show(next) {
    offer = next;
    place.replaceChildren(...(offer ? content(offer) : []));
  }

  /** @param {Offer} shown */
  function content(shown) {
    switch (shown.state) {
      case 'choice':
        return [choiceOf(shown.addresses, (address) => enter(address, shown))];
      case 'entered':
        return [hint(t('application.addressEntered')), button(t('application.addressUndo'), () => undo(shown))];
      case 'unknown':
        return [hint(t('application.addressUnknown'))];
      case 'unavailable':
        return [hint(t('application.addressUnavailable'))];
    }
  }

  /**
   * @param {Address} address
   * @param {Choice} choice
   */
  function enter(address, choice) {
    const replaced = addressIn(form, rules);
    enterValues(form, enteredOver(address, replaced));
    show({ state: 'entered', choice, replaced });
    onEntered();
    goToField('street');
    const street = byId('field-street', HTMLInputElement);
    street.setSelectionRange(street.value.length, street.value.length);
    say(t('application.addressEntered'));
  }

  /** @param {Entered} entered */
  function undo({ choice, replaced }) {
    enterValues(form, replaced);
    show(choice);
    onEntered();
    goToField('postalCode');
    say(t('application.addressUndone'));
  }

  /** Returns whether the postal code has only one address and the form already contains it. @param {Offer} found */
  function isEntered(found) {
    if (found.state !== 'choice' || found.addresses.length > 1) return false;
    const entered = addressIn(form, rules);
    return found.addresses.every((address) => textOf(enteredOver(address, entered)) === textOf(entered));
  }
}

/**
 * @param {string} code
 * @returns {Promise<Offer>}
 */
async function offerFor(code) {
  try {
    const addresses = await addressesOf(code);
    return addresses.length ? { state: 'choice', addresses } : { state: 'unknown' };
  } catch {
    return { state: 'unavailable' };
  }
}

/** @param {Offer} found */
function spokenText(found) {
  if (found.state === 'choice') return t('application.addressesFound', { count: found.addresses.length });
  return t(found.state === 'unknown' ? 'application.addressUnknown' : 'application.addressUnavailable');
}

/**
 * @param {Address[]} addresses
 * @param {(address: Address) => void} choose
 */
function choiceOf(addresses, choose) {
  const items = addresses.map((address) => element('li', {}, button(textOf(address), () => choose(address))));
  return element(
    'div',
    { role: 'group', 'aria-labelledby': 'address-offer-label' },
    element('p', { id: 'address-offer-label', class: 'hint' }, t('application.addressOffer')),
    element('ul', { class: 'addresses', lang: 'ja' }, ...items),
  );
}

/** @param {string} text */
function hint(text) {
  return element('p', { class: 'hint' }, text);
}

/**
 * @param {string} text
 * @param {() => void} click
 */
function button(text, click) {
  return element('button', { type: 'button', class: 'button button-outline button-small', click }, text);
}

/** @param {Address} address */
function textOf({ prefecture, city, street, building }) {
  return [prefecture + city + street, building].join(' ').trimEnd();
}

/**
 * @param {HTMLFormElement} form
 * @param {Rules} rules
 * @returns {string | null} the normalised postal code, or null if it is not valid
 */
function codeIn(form, rules) {
  return checkField('postalCode', enteredValues(form)['postalCode'] ?? '', rules).value ?? null;
}

/**
 * @param {HTMLFormElement} form
 * @param {Rules} rules
 * @returns {Address} normalised values, or the values as entered if they are not valid
 */
function addressIn(form, rules) {
  const entered = enteredValues(form);
  /** @param {keyof Address} name */
  const normalForm = (name) => checkField(name, entered[name] ?? '', rules).value ?? entered[name] ?? '';
  return {
    prefecture: normalForm('prefecture'),
    city: normalForm('city'),
    street: normalForm('street'),
    building: normalForm('building'),
  };
}
