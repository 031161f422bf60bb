/** Step 1 checks the three credentials together. Until the check succeeds, the tab stores the email address, but no secret. */
import { Problem, authenticate, loadRules } from '../api.js';
import '../catalogue/wizard.js';
import { prepareDrafts } from '../draft.js';
import { byId } from '../elements.js';
import { handleFailure } from '../failures.js';
import { checkMailboxesWith } from '../fields.js';
import { checkedValues, labelFields, normaliseOnLeaving, showServerErrors, whileRunning } from '../form.js';
import { t, translate } from '../i18n.js';
import { showProblem } from '../messages.js';
import { loadPage, startPage } from '../shell.js';
import { goTo, pageAfterIdentityCheck } from '../steps.js';
import { tabMemory } from '../storage.js';

/** @typedef {import('../rules.js').Rules} Rules */

const form = byId('identity', HTMLFormElement);
const emailAddress = byId('field-emailAddress', HTMLInputElement);
const password = byId('field-applicationPassword', HTMLInputElement);
const passwordToggle = byId('toggle-password', HTMLButtonElement);
const submitButton = byId('submit', HTMLButtonElement);
const signInCodeField = byId('sign-in-code', HTMLTemplateElement);

/** @type {Rules | null} */
let rules = null;
let hasAddressCheck = false;

startPage({ title: 'title.index', step: 'identify', draw });
loadPage(loadRules, (loaded) => {
  rules = loaded;
  emailAddress.value ||= tabMemory.recall('emailAddress') ?? '';
  emailAddress.addEventListener('input', () => tabMemory.remember('emailAddress', emailAddress.value));
  normaliseOnLeaving(form, loaded);
  form.addEventListener('focusin', loadAddressCheck, { once: true });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    whileRunning(submitButton, t('credentials.checking'), () => checkIdentity(loaded));
  });
  passwordToggle.addEventListener('click', () => {
    password.type = password.type === 'password' ? 'text' : 'password';
    drawToggle();
  });
  draw();
  form.hidden = false;
});

function draw() {
  drawToggle();
  if (rules) labelFields(form, rules);
}

function drawToggle() {
  passwordToggle.textContent = t(password.type === 'password' ? 'credentials.showPassword' : 'credentials.hidePassword');
}

/** Loads the check of email addresses, which is not part of the first load of step 1. Without it, the server checks them. */
async function loadAddressCheck() {
  const module = await import('../email-address.js').catch(() => null);
  if (!module) return;
  checkMailboxesWith(module.checkEmailAddress);
  hasAddressCheck = true;
}

/** @param {Rules} loaded */
async function checkIdentity(loaded) {
  if (!hasAddressCheck) await loadAddressCheck();
  const values = checkedValues(form, loaded);
  if (!values) return;
  const credentials = {
    emailAddress: values.emailAddress ?? '',
    applicationPassword: values.applicationPassword ?? '',
    certificateCode: values.certificateCode ?? '',
  };
  const openDrafts = prepareDrafts(credentials);
  try {
    const started = await authenticate({
      ...credentials,
      ...(values.signInCode && { signInCode: values.signInCode }),
    });
    await openDrafts();
    tabMemory.forget('emailAddress');
    // Otherwise browsers would restore the email address in the form.
    form.reset();
    await goTo(pageAfterIdentityCheck(started));
  } catch (failure) {
    if (isConfirmationByEmail(failure)) askForSignInCode(failure, loaded);
    else if (!showServerErrors(form, failure)) handleFailure(failure, () => form.requestSubmit());
  }
}

/**
 * @param {unknown} failure
 * @returns {failure is Problem}
 */
function isConfirmationByEmail(failure) {
  return failure instanceof Problem && failure.type === 'confirmation-by-email';
}

/**
 * Shows the field for the sign-in code. The form keeps its other values, which are sent again together with the code.
 *
 * @param {Problem} problem
 * @param {Rules} loaded
 */
function askForSignInCode({ details }, loaded) {
  if (!document.getElementById('field-signInCode')) {
    signInCodeField.before(document.importNode(signInCodeField.content, true));
    translate(form);
    labelFields(form, loaded);
  }
  showProblem({
    heading: details?.title ?? t('problem.heading'),
    texts: details ? [details.detail] : [],
    fields: [{ field: 'signInCode', message: t('index.enterSignInCode') }],
  });
}
