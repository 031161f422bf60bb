/** Step 4 shows the pre-filled application. The tab stores the entered values until the server has saved them. */
import { offerAddresses } from '../address-offer.js';
import { Problem, loadRules, saveApplication, showApplication } from '../api.js';
import { applicationFieldsets, drawFixedFields } from '../application-fields.js';
import '../catalogue/wizard.js';
import { forgetDraft, keepDraft, recallDraft } from '../draft.js';
import { byId } from '../elements.js';
import { checkNewEmailAddress } from '../email-address.js';
import { hintAtTypingErrors } from '../email-hint.js';
import { handleFailure } from '../failures.js';
import { checkMailboxesWith } from '../fields.js';
import {
  checkedValues,
  enteredValues,
  fillForm,
  labelFields,
  normaliseOnLeaving,
  showServerErrors,
  whileRunning,
} from '../form.js';
import { t, translate } from '../i18n.js';
import { clearNotice, goToField, say, showNotice } from '../messages.js';
import { watchSession } from '../session-watch.js';
import { loadPage, startPage } from '../shell.js';
import { certificatePage, goTo, pageOf } from '../steps.js';

/**
 * @typedef {import('../api.js').Schemas} Schemas
 * @typedef {import('../rules.js').Rules} Rules
 */

const form = byId('application', HTMLFormElement);
const nextButton = byId('next', HTMLButtonElement);

/** @type {Schemas['ApplicationPage'] | null} */
let page = null;
/** @type {Rules | null} */
let rules = null;
let drawOffers = () => {};

checkMailboxesWith(checkNewEmailAddress);
startPage({ title: 'title.application', step: 'enter', watch: watchSession, draw });
loadPage(
  async () => {
    const [answer, loaded] = await Promise.all([showApplication(), loadRules()]);
    return { answer, loaded, draft: await recallDraft(answer.couponNumber) };
  },
  ({ answer, loaded, draft }) => {
    page = answer;
    rules = loaded;
    byId('groups', HTMLElement).replaceWith(...applicationFieldsets(loaded));
    translate(form);
    byId('back', HTMLAnchorElement).href = certificatePage(answer.couponNumber);
    fillForm(form, answer.fields);
    if (draft) restoreDraft(answer, draft);
    normaliseOnLeaving(form, loaded);
    const drawAddresses = offerAddresses(form, loaded, keepEntered);
    const drawEmailHint = hintAtTypingErrors(form, loaded, keepEntered);
    drawOffers = () => {
      drawAddresses();
      drawEmailHint();
    };
    form.addEventListener('input', keepEntered);
    form.addEventListener('focusout', keepEntered);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      whileRunning(nextButton, t('application.saving'), save);
    });
    draw();
    form.hidden = false;
    if (location.hash.startsWith('#field-')) goToField(location.hash.slice('#field-'.length));
  },
);

function draw() {
  if (!page || !rules) return;
  drawFixedFields(form, rules, page.fixed);
  labelFields(form, rules);
  drawOffers();
}

/**
 * @param {Schemas['ApplicationPage']} saved
 * @param {import('../draft.js').Entered} draft
 */
function restoreDraft({ couponNumber, fields }, draft) {
  fillForm(form, draft);
  const useSaved = () => {
    forgetDraft(couponNumber);
    fillForm(form, page?.fields ?? fields);
    drawOffers();
    clearNotice();
  };
  showNotice({ text: t('application.restored'), actions: [{ text: t('application.useSaved'), act: useSaved }] });
}

function keepEntered() {
  if (!page) return;
  const entered = enteredValues(form);
  /** @type {Record<string, string | null>} */
  const saved = page.fields;
  const same = Object.keys(entered).every((name) => entered[name] === (saved[name] ?? ''));
  if (same) forgetDraft(page.couponNumber);
  else keepDraft(page.couponNumber, entered);
}

async function save() {
  if (!page || !rules) return;
  const values = checkedValues(form, rules);
  if (!values) return;
  try {
    const { nextStep } = await saveApplication({
      couponNumber: page.couponNumber,
      version: page.version,
      fields: /** @type {Schemas['ApplicationInput']['fields']} */ (values),
    });
    await forgetDraft(page.couponNumber);
    await goTo(pageOf(nextStep));
  } catch (failure) {
    if (failure instanceof Problem && failure.type === 'application-changed') await showChanged();
    else if (!showServerErrors(form, failure)) handleFailure(failure, () => form.requestSubmit());
  }
}

/** Shows the values that another tab saved, and a button that restores the values entered in this tab. */
async function showChanged() {
  const own = enteredValues(form);
  try {
    page = await showApplication();
  } catch (failure) {
    handleFailure(failure, () => form.requestSubmit());
    return;
  }
  fillForm(form, page.fields);
  draw();
  const useOwn = () => {
    fillForm(form, own);
    drawOffers();
    keepEntered();
    clearNotice();
    say(t('application.ownRestored'));
  };
  showNotice({
    kind: 'warning',
    heading: t('application.changedHeading'),
    text: t('application.changed'),
    actions: [{ text: t('application.useOwn'), act: useOwn }],
  });
  byId('notices', HTMLElement).scrollIntoView({ block: 'center' });
}
