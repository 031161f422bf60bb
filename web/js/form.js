/**
 * Handles the labels, values and errors of form fields. Errors appear next to the fields and in a summary. Each field
 * is an element with data-field="name" that contains a label and a control with id="field-name".
 *
 * @typedef {import('./rules.js').Rules} Rules
 * @typedef {{ field: string, message: string }} FieldError
 * @typedef {HTMLInputElement | HTMLSelectElement} Control
 */
import { Problem } from './api.js';
import { element } from './elements.js';
import { checkField } from './fields.js';
import { language, t } from './i18n.js';
import { clearProblem, say, showProblem } from './messages.js';
import { fieldRule, hintText, ruleMessage } from './rules.js';

/**
 * Writes the labels and hints in the current language, and removes errors, whose messages are in the previous language.
 *
 * @param {HTMLFormElement} form
 * @param {Rules} rules
 */
export function labelFields(form, rules) {
  for (const holder of fieldHolders(form)) {
    const rule = fieldRule(rules, nameOf(holder));
    const mark = rule.required ? 'required' : 'optional';
    labelOf(holder).replaceChildren(
      rule.label[language()],
      ' ',
      element('span', { class: `mark mark-${mark}` }, t(`form.${mark}`)),
    );
    const hint = document.getElementById(`hint-${nameOf(holder)}`);
    // A hint with data-i18n is specific to the page, and `translate` writes its text.
    if (hint && !hint.dataset.i18n) hint.textContent = hintText(rule, language());
  }
  showFieldErrors(form, []);
}

/**
 * Normalises a value when its field loses focus, and updates an existing error message. Also reports typing errors in
 * certificate codes.
 *
 * @param {HTMLFormElement} form
 * @param {Rules} rules
 */
export function normaliseOnLeaving(form, rules) {
  const afterPress = pressWatcher();
  form.addEventListener('focusout', ({ target }) => {
    const holder = target instanceof Element ? target.closest('[data-field]') : null;
    if (!(holder instanceof HTMLElement) || target !== controlOf(holder)) return;
    const name = nameOf(holder);
    const control = controlOf(holder);
    const { value, error } = checkField(name, control.value, rules);
    if (error === undefined) showValue(control, name, value, rules);
    const wrong = control.getAttribute('aria-invalid') === 'true';
    if (!wrong && error !== 'certificateCodeTypo') return;
    afterPress(() => showErrorBeside(holder, error ? messageOf(name, error, rules) : null));
  });
}

/**
 * Returns a function that postpones an action while a pointer button is pressed. People often leave a field by pressing
 * a button. If an error message appeared or disappeared during the press, the button would move away from the pointer
 * and the press would be lost.
 *
 * @returns {(act: () => void) => void}
 */
export function pressWatcher() {
  let pressed = false;
  /** @type {(() => void)[]} */
  let waiting = [];
  document.addEventListener('pointerdown', () => (pressed = true), { capture: true });
  for (const end of ['pointerup', 'pointercancel']) {
    document.addEventListener(
      end,
      () => {
        pressed = false;
        const acts = waiting;
        waiting = [];
        setTimeout(() => acts.forEach((act) => act()));
      },
      { capture: true },
    );
  }
  return (act) => {
    if (pressed) waiting.push(act);
    else act();
  };
}

/**
 * @param {HTMLFormElement} form
 * @returns {Record<string, string>} the values as entered
 */
export function enteredValues(form) {
  return Object.fromEntries(fieldHolders(form).map((holder) => [nameOf(holder), controlOf(holder).value]));
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string | null>} values
 */
export function fillForm(form, values) {
  for (const holder of fieldHolders(form)) controlOf(holder).value = values[nameOf(holder)] ?? '';
}

/**
 * Sets the values of some fields. Removes the error of each field that receives a non-empty value.
 *
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} values
 */
export function enterValues(form, values) {
  for (const holder of fieldHolders(form)) {
    const value = values[nameOf(holder)];
    if (value === undefined) continue;
    controlOf(holder).value = value;
    if (value) showErrorBeside(holder, null);
  }
}

/**
 * Returns the normalised values of all fields. If any value is invalid, shows the errors and returns null.
 *
 * @param {HTMLFormElement} form
 * @param {Rules} rules
 * @returns {Record<string, string | null> | null}
 */
export function checkedValues(form, rules) {
  /** @type {Record<string, string | null>} */
  const values = {};
  /** @type {FieldError[]} */
  const errors = [];
  for (const holder of fieldHolders(form)) {
    const name = nameOf(holder);
    const control = controlOf(holder);
    const { value, error } = checkField(name, control.value, rules);
    if (error === undefined) {
      values[name] = value;
      showValue(control, name, value, rules);
    } else {
      errors.push({ field: name, message: messageOf(name, error, rules) });
    }
  }
  showFieldErrors(form, errors);
  return errors.length === 0 ? values : null;
}

/**
 * @param {HTMLFormElement} form
 * @param {FieldError[]} errors an empty array removes the displayed errors
 */
export function showFieldErrors(form, errors) {
  for (const holder of fieldHolders(form)) {
    const error = errors.find(({ field }) => field === nameOf(holder));
    showErrorBeside(holder, error ? error.message : null);
  }
  if (errors.length > 0) showProblem({ heading: t('problem.fieldsHeading'), fields: errors });
  else clearProblem();
}

/**
 * Shows the field errors in a server response, with the server's messages.
 *
 * @param {HTMLFormElement} form
 * @param {unknown} failure
 * @returns {boolean} true if the response contains errors of these fields
 */
export function showServerErrors(form, failure) {
  if (!(failure instanceof Problem) || failure.type !== 'invalid-fields') return false;
  const known = fieldHolders(form).map(nameOf);
  const errors = (failure.details?.errors ?? [])
    .map(({ pointer, detail }) => ({ field: pointer.slice(pointer.lastIndexOf('/') + 1), message: detail }))
    .filter(({ field }) => known.includes(field));
  showFieldErrors(form, errors);
  return errors.length > 0;
}

/**
 * Runs the action of a button, and ignores more presses until the action ends. The button remains focusable, so the
 * focus does not move.
 *
 * @param {HTMLButtonElement} button
 * @param {string} progress
 * @param {(tell: (progress: string) => void) => Promise<void>} action can report its progress with `tell`
 */
export async function whileRunning(button, progress, action) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  const label = [...button.childNodes];
  /** @param {string} text */
  const tell = (text) => {
    button.replaceChildren(element('span', { class: 'spinner', 'aria-hidden': 'true' }), text);
    say(text);
  };
  button.setAttribute('aria-disabled', 'true');
  tell(progress);
  try {
    await action(tell);
  } finally {
    button.removeAttribute('aria-disabled');
    button.replaceChildren(...label);
    say('');
  }
}

/**
 * @param {HTMLElement} holder
 * @param {string | null} message
 */
function showErrorBeside(holder, message) {
  const control = controlOf(holder);
  const name = nameOf(holder);
  const id = `error-${name}`;
  document.getElementById(id)?.remove();
  holder.classList.toggle('field-wrong', message !== null);
  if (message === null) {
    control.removeAttribute('aria-invalid');
  } else {
    control.setAttribute('aria-invalid', 'true');
    (control.closest('.control') ?? control).before(element('p', { id, class: 'error-text' }, message));
  }
  const descriptions = [`hint-${name}`, id].filter((each) => document.getElementById(each));
  if (descriptions.length) control.setAttribute('aria-describedby', descriptions.join(' '));
  else control.removeAttribute('aria-describedby');
}

/**
 * Shows a normalised value in the form. Credentials are not changed in the form and are normalised only in requests.
 *
 * @param {Control} control
 * @param {string} name
 * @param {string | null} value
 * @param {Rules} rules
 */
function showValue(control, name, value, rules) {
  if (fieldRule(rules, name).personalData !== 'credential') control.value = value ?? '';
}

/**
 * @param {string} name
 * @param {string} code
 * @param {Rules} rules
 */
function messageOf(name, code, rules) {
  const { label, maxLength } = fieldRule(rules, name);
  return ruleMessage(rules, language(), code, label[language()], maxLength);
}

/** @param {HTMLFormElement} form */
function fieldHolders(form) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('[data-field]'))];
}

/** @param {HTMLElement} holder */
function nameOf(holder) {
  return holder.dataset.field ?? '';
}

/** @param {HTMLElement} holder */
function controlOf(holder) {
  return /** @type {Control} */ (holder.querySelector('input, select'));
}

/** @param {HTMLElement} holder */
function labelOf(holder) {
  return /** @type {HTMLLabelElement} */ (holder.querySelector('label'));
}
