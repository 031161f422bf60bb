/** The pages around the wizard; their text is in the HTML, in both languages, for the operator to replace. */
import { startPage } from '../shell.js';

const name = document.body.dataset.page;

startPage({ title: /** @type {import('../i18n.js').Key} */ (`title.${name}`) });
