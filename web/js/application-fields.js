/**
 * Draws the application fields of steps 4 and 5, grouped and ordered as in rules.json.
 *
 * @typedef {import('./api.js').Schemas['FixedFields']} FixedFields
 * @typedef {import('./i18n.js').Key} Key
 * @typedef {import('./rules.js').FieldKind} FieldKind
 * @typedef {import('./rules.js').Group} Group
 * @typedef {import('./rules.js').Rules} Rules
 */
import { descriptionList, element } from './elements.js';
import { language } from './i18n.js';
import { fieldRule } from './rules.js';

/** @type {Readonly<Record<Group, Key>>} */
export const groupHeadings = {
  organization: 'application.organization',
  subscriber: 'application.subscriber',
  address: 'application.address',
};

/** @type {Readonly<Partial<Record<Group, Key>>>} */
const groupNotes = { organization: 'application.fixedNote' };

/** The HTML attributes of a control for each field kind. @type {Readonly<Record<FieldKind, Record<string, string>>>} */
const controlAttributes = {
  mailbox: { type: 'text', inputmode: 'email', autocapitalize: 'none', spellcheck: 'false' },
  fullWidth: { type: 'text', lang: 'ja' },
  romaji: { type: 'text', spellcheck: 'false' },
  text: { type: 'text', lang: 'ja' },
  postalCode: { class: 'short', type: 'text', inputmode: 'numeric' },
  prefecture: { class: 'short' },
  phone: { class: 'short', type: 'tel' },
  password: { type: 'password' },
  certificateCode: { class: 'code', type: 'text', autocapitalize: 'none', spellcheck: 'false' },
  signInCode: { class: 'code', type: 'text', autocapitalize: 'none', spellcheck: 'false' },
  stopCode: { class: 'code', type: 'text', autocapitalize: 'none', spellcheck: 'false' },
};

/**
 * Returns the fieldsets of step 4. The functions `translate`, `labelFields` and `drawFixedFields` add the text.
 *
 * @param {Rules} rules
 */
export function applicationFieldsets(rules) {
  return rules.application.map(({ group, fields }) => {
    const note = groupNotes[group];
    return element(
      'fieldset',
      {},
      element('legend', { 'data-i18n': groupHeadings[group] }),
      ...(note ? [element('p', { class: 'hint', 'data-i18n': note })] : []),
      ...runs(fields, rules).map((names) =>
        isFixed(names[0], rules) ? element('div', { 'data-fixed': names.join(' ') }) : fieldHolder(names[0], rules),
      ),
    );
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Rules} rules
 * @param {FixedFields} values
 */
export function drawFixedFields(form, rules, values) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('[data-fixed]'))) {
    const names = place.dataset.fixed?.split(' ') ?? [];
    place.replaceChildren(descriptionList(names.map((name) => fixedRow(name, rules, values))));
  }
}

/**
 * Returns the label and the value of a fixed field.
 *
 * @param {string} name
 * @param {Rules} rules
 * @param {FixedFields} values
 * @returns {[string, Node | string]}
 */
export function fixedRow(name, rules, values) {
  const field = rules.fixedFields[name];
  if (!field) throw new RangeError(`no fixed field ${name}`);
  const value = /** @type {Record<string, string>} */ (values)[name] ?? '';
  return [field.label[language()], field.language ? element('span', { lang: field.language }, value) : value];
}

/**
 * @param {string} name
 * @param {Rules} rules
 */
export function isFixed(name, rules) {
  return name in rules.fixedFields;
}

/**
 * Groups field names. Consecutive fixed fields form one group, and each editable field is a separate group.
 *
 * @param {string[]} names
 * @param {Rules} rules
 */
function runs(names, rules) {
  /** @type {[string, ...string[]][]} */
  const found = [];
  for (const name of names) {
    const last = found.at(-1);
    if (last && isFixed(last[0], rules) && isFixed(name, rules)) last.push(name);
    else found.push([name]);
  }
  return found;
}

/**
 * @param {string} name
 * @param {Rules} rules
 */
function fieldHolder(name, rules) {
  const { hint, kind } = fieldRule(rules, name);
  return element(
    'div',
    { class: 'field', 'data-field': name },
    element('label', { for: `field-${name}` }),
    ...(hint ? [element('p', { class: 'hint', id: `hint-${name}` })] : []),
    control(name, rules),
    ...(kind === 'mailbox' ? [element('div', { id: 'email-hint', class: 'offer' })] : []),
    ...(kind === 'postalCode' ? [element('div', { id: 'address-offer', class: 'offer' })] : []),
  );
}

/**
 * @param {string} name
 * @param {Rules} rules
 */
function control(name, rules) {
  const { kind, autocomplete, required } = fieldRule(rules, name);
  const attributes = {
    id: `field-${name}`,
    name,
    autocomplete,
    ...controlAttributes[kind],
    ...(required && { required: '' }),
  };
  if (kind !== 'prefecture') return element('input', attributes);
  const prefectures = rules.prefectures.map((each) => element('option', { value: each, lang: 'ja' }, each));
  const none = element('option', { value: '', 'data-i18n': 'application.choosePrefecture' });
  return element('select', attributes, none, ...prefectures);
}
