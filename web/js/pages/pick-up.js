/**
 * The pick-up page checks the credentials, shows a summary, generates a key, and writes the key and the certificate
 * into a file.
 */
import { NetworkFailure, Problem, checkPickUp, loadRules, pickUpCertificate } from '../api.js';
import '../catalogue/pick-up.js';
import { byId } from '../elements.js';
import { fromBase64 } from '../encryption.js';
import { handleFailure } from '../failures.js';
import { checkedValues, labelFields, normaliseOnLeaving, showFieldErrors, showServerErrors, whileRunning } from '../form.js';
import { t } from '../i18n.js';
import { clearNotice, clearProblem, showNotice, showProblem } from '../messages.js';
import { SHORTEST, faultOf, strengthOf, suggestedPassword } from '../pick-up/file-password.js';
import { dropFiles, makeFiles } from '../pick-up/files.js';
import { issuedView } from '../pick-up/issued.js';
import { countWaitingKeys, deleteKey, makeKey, recallKey } from '../pick-up/key-store.js';
import { otherKeyView, summaryView } from '../pick-up/summary.js';
import { certifies, sha256Fingerprint } from '../pki/certificate.js';
import { fromPem } from '../pki/pem.js';
import { loadPage, startPage } from '../shell.js';

/**
 * @typedef {import('../api.js').Schemas} Schemas
 * @typedef {import('../pick-up/files.js').Files} Files
 * @typedef {import('../pick-up/key-store.js').OwnKey} OwnKey
 * @typedef {import('../rules.js').Rules} Rules
 * @typedef {{ credentials: Schemas['PickUpCredentials'], summary: Schemas['PickUp'], key: OwnKey | null,
 *   otherKey: { certificate: Schemas['IssuedCertificate'], fingerprint: string } | null }} Checked
 *   key was generated for this code before, if there is one
 * @typedef {{ certificate: Schemas['IssuedCertificate'], fingerprint: string, files: Files | null, saved: boolean }} Issued
 *   files is null after the person has confirmed that they are saved
 */

const introduction = byId('introduction', HTMLElement);
const credentialsForm = byId('credentials', HTMLFormElement);
const summarySection = byId('summary', HTMLElement);
const fileForm = byId('file', HTMLFormElement);
const issuedSection = byId('issued', HTMLElement);
const filePassword = byId('field-filePassword', HTMLInputElement);
const written = byId('field-written', HTMLInputElement);
const pickUpButton = byId('pick-up', HTMLButtonElement);

/** @type {Rules | null} */
let rules = null;
/** @type {Checked | null} */
let checked = null;
/** @type {Issued | null} */
let issued = null;
/** True if leaving the page would lose a key or an unsaved file. */
let unsaved = false;

startPage({ title: 'title.pick-up', isPrivate: true, draw });
loadPage(
  () => Promise.all([loadRules(), countWaitingKeys()]),
  ([loaded, waiting]) => {
    // Browsers provide WebCrypto only to pages that are loaded over HTTPS or from loopback.
    if (!globalThis.crypto?.subtle) {
      showUnable();
      return;
    }
    rules = loaded;
    if (waiting > 0) showNotice({ heading: t('pickUp.waitingHeading'), text: t('pickUp.waiting') });
    normaliseOnLeaving(credentialsForm, loaded);
    draw();
    introduction.hidden = false;
    credentialsForm.hidden = false;
  },
);

onSubmit(credentialsForm, byId('check', HTMLButtonElement), () => t('credentials.checking'), check);
onSubmit(fileForm, pickUpButton, () => t('form.running'), pickUp);
togglePassword('toggle-password', 'field-applicationPassword');
togglePassword('toggle-file-password', 'field-filePassword');
filePassword.addEventListener('input', drawStrength);
byId('suggest', HTMLButtonElement).addEventListener('click', suggest);
byId('back', HTMLButtonElement).addEventListener('click', back);
addEventListener('beforeunload', (event) => {
  if (!unsaved) return;
  event.preventDefault();
  // Chrome versions before 119 require this assignment.
  event.returnValue = true;
});

function draw() {
  drawToggles();
  drawStrength();
  if (rules) labelFields(credentialsForm, rules);
  showFieldErrors(fileForm, []);
  if (checked) drawSummary(checked);
  if (issued) drawIssued(issued);
}

/** @param {Checked} shown */
function drawSummary({ summary, key, otherKey }) {
  byId('summary-heading', HTMLElement).textContent = t(otherKey ? 'pickUp.pickedUpHeading' : 'pickUp.summaryHeading');
  const views = otherKey ? otherKeyView(otherKey.certificate, otherKey.fingerprint) : summaryView(summary, key !== null);
  byId('summary-content', HTMLElement).replaceChildren(...views);
}

/** @param {Issued} shown */
function drawIssued(shown) {
  const saved = () => {
    shown.saved = true;
    unsaved = false;
    clearProblem();
  };
  byId('issued-content', HTMLElement).replaceChildren(...issuedView(shown, { saved, finish }));
}

async function check() {
  const values = rules && checkedValues(credentialsForm, rules);
  if (!values) return;
  const credentials = {
    certificateCode: values.certificateCode ?? '',
    applicationPassword: values.applicationPassword ?? '',
  };
  try {
    await showSummary(credentials);
  } catch (failure) {
    if (isOver(failure)) await deleteKey(credentials.certificateCode);
    if (!showServerErrors(credentialsForm, failure)) handleFailure(failure, () => credentialsForm.requestSubmit());
  }
}

/** @param {Schemas['PickUpCredentials']} credentials */
async function showSummary(credentials) {
  const summary = await checkPickUp(credentials);
  const kept = await recallKey(credentials);
  const { certificate } = summary;
  if (certificate && !(kept && isFor(certificate, kept))) {
    const fingerprint = await sha256Fingerprint(certificatesOf(certificate)[0]);
    // The certificate was issued for another key, so the key in this browser is useless.
    await deleteKey(credentials.certificateCode);
    unsaved = false;
    checked = { credentials, summary, key: null, otherKey: { certificate, fingerprint } };
  } else {
    checked = { credentials, summary, key: kept, otherKey: null };
  }
  clearProblem();
  clearNotice();
  drawSummary(checked);
  fileForm.hidden = checked.otherKey !== null;
  introduction.hidden = true;
  credentialsForm.hidden = true;
  summarySection.hidden = false;
  goTo('summary-heading');
}

/** @param {(progress: string) => void} tell */
async function pickUp(tell) {
  if (!checked || !filePasswordIsGood(checked)) return;
  const { credentials, summary } = checked;
  unsaved = true;
  try {
    tell(t('pickUp.makingKey'));
    const key = (checked.key ??= await makeKey(credentials, summary.codeExpiresAt));
    tell(t('pickUp.requesting'));
    const certificate = await pickUpCertificate({ ...credentials, certificationRequest: key.request });
    if (!isFor(certificate, key)) throw new Problem(502, null, null);
    tell(t('pickUp.makingFiles'));
    issued = await withFiles(certificate, key);
  } catch (failure) {
    unsaved = checked.key !== null;
    await explain(failure);
    return;
  }
  clearProblem();
  drawIssued(issued);
  filePassword.value = '';
  summarySection.hidden = true;
  issuedSection.hidden = false;
  goTo('issued-heading');
}

/**
 * @param {Schemas['IssuedCertificate']} certificate
 * @param {OwnKey} key
 */
async function withFiles(certificate, { privateKey }) {
  const chain = certificatesOf(certificate);
  const { commonName } = certificate.subject;
  const files = await makeFiles(fromBase64(privateKey), chain, commonName, certificate.couponNumber, filePassword.value);
  return { certificate, fingerprint: await sha256Fingerprint(chain[0]), files, saved: false };
}

/** Shows the remedy for a failed pick-up: a new key, the issued certificate, or a retry. @param {unknown} failure */
async function explain(failure) {
  if (!checked) return;
  const again = () => fileForm.requestSubmit();
  const requestErrors = failure instanceof Problem ? errorsOfTheRequest(failure) : [];
  if (requestErrors.length > 0 || isOver(failure)) {
    await deleteKey(checked.credentials.certificateCode);
    checked.key = null;
    unsaved = false;
  }
  if (requestErrors.length > 0) {
    const actions = [{ text: t('pickUp.newKey'), act: again }];
    showProblem({ heading: t('pickUp.keyRefusedHeading'), texts: [...requestErrors, t('pickUp.keyRefused')], actions });
  } else if (failure instanceof Problem && failure.type === 'already-picked-up') {
    try {
      await showSummary(checked.credentials);
    } catch {
      handleFailure(failure);
    }
  } else if (failure instanceof NetworkFailure) {
    const actions = [{ text: t('problem.retry'), act: again }];
    showProblem({ heading: t('problem.unknownOutcomeTitle'), texts: [t('pickUp.network')], actions });
  } else if (failure instanceof Problem) {
    handleFailure(failure, again);
  } else {
    showUnable(again);
  }
}

/** Returns whether the code can no longer be used, so its key is useless. @param {unknown} failure */
function isOver(failure) {
  return failure instanceof Problem && ['code-expired', 'application-expired'].includes(failure.type);
}

/** Reports that the browser could not generate a key or create a file. @param {() => void} [retry] */
function showUnable(retry) {
  showProblem({
    heading: t('pickUp.unableHeading'),
    texts: [t('pickUp.unable')],
    links: [{ text: t('footer.browsers'), href: 'browsers.html' }],
    actions: retry ? [{ text: t('problem.retry'), act: retry }] : [],
  });
}

/** @param {Problem} problem */
function errorsOfTheRequest({ type, details }) {
  if (type !== 'invalid-fields') return [];
  const errors = details?.errors ?? [];
  return errors.filter(({ pointer }) => pointer === '/certificationRequest').map(({ detail }) => detail);
}

/** @param {Checked} shown */
function filePasswordIsGood({ credentials }) {
  const fault = faultOf(filePassword.value, credentials.applicationPassword);
  const errors = [
    ...(fault ? [{ field: 'filePassword', message: t(`pickUp.fault.${fault}`, { shortest: SHORTEST }) }] : []),
    ...(written.checked ? [] : [{ field: 'written', message: t('pickUp.notWritten') }]),
  ];
  showFieldErrors(fileForm, errors);
  return errors.length === 0;
}

async function finish() {
  if (!checked || !issued?.files) return;
  if (!issued.saved) {
    showProblem({ heading: t('pickUp.notSavedHeading'), texts: [t('pickUp.notSaved')] });
    return;
  }
  await deleteKey(checked.credentials.certificateCode);
  dropFiles(issued.files);
  issued.files = null;
  checked = null;
  credentialsForm.reset();
  drawIssued(issued);
  goTo('issued-heading');
}

function back() {
  if (pickUpButton.getAttribute('aria-disabled') === 'true') return;
  checked = null;
  clearProblem();
  clearNotice();
  summarySection.hidden = true;
  introduction.hidden = false;
  credentialsForm.hidden = false;
  byId('field-certificateCode', HTMLInputElement).focus();
}

function suggest() {
  filePassword.value = suggestedPassword();
  filePassword.type = 'text';
  written.checked = false;
  showFieldErrors(fileForm, []);
  drawToggles();
  drawStrength();
  filePassword.focus();
}

function drawStrength() {
  const strength = byId('strength', HTMLElement);
  const level = filePassword.value === '' ? null : strengthOf(filePassword.value);
  strength.dataset.level = level ?? '';
  strength.textContent = level ? t(`pickUp.strength.${level}`) : '';
}

/**
 * @param {Schemas['IssuedCertificate']} certificate
 * @param {OwnKey} key
 */
function isFor(certificate, { publicKey }) {
  return certifies(certificatesOf(certificate)[0], fromBase64(publicKey));
}

/** @param {Schemas['IssuedCertificate']} issuedCertificate */
function certificatesOf({ certificate, chain }) {
  const [own] = fromPem('CERTIFICATE', certificate);
  if (!own) throw new NetworkFailure('no certificate in the answer');
  return /** @type {[typeof own, ...(typeof own)[]]} */ ([own, ...fromPem('CERTIFICATE', chain)]);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 * @param {() => string} progress
 * @param {(tell: (progress: string) => void) => Promise<void>} action
 */
function onSubmit(form, button, progress, action) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    whileRunning(button, progress(), action);
  });
}

/** @param {string} button @param {string} input */
function togglePassword(button, input) {
  byId(button, HTMLButtonElement).addEventListener('click', () => {
    const field = byId(input, HTMLInputElement);
    field.type = field.type === 'password' ? 'text' : 'password';
    drawToggles();
  });
}

function drawToggles() {
  for (const [button, input] of /** @type {const} */ ([
    ['toggle-password', 'field-applicationPassword'],
    ['toggle-file-password', 'field-filePassword'],
  ])) {
    const hidden = byId(input, HTMLInputElement).type === 'password';
    byId(button, HTMLButtonElement).textContent = t(hidden ? 'credentials.showPassword' : 'credentials.hidePassword');
  }
}

/** Scrolls to a section of the page and moves the focus to its heading. @param {string} heading */
function goTo(heading) {
  const node = byId(heading, HTMLElement);
  node.scrollIntoView();
  node.focus({ preventScroll: true });
}
