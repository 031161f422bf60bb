/** Draws the pages around the wizard, whose text is in the HTML in both languages so that the operator can replace it. */
import { startPage } from '../shell.js';

const name = document.body.dataset.page;

startPage({ title: /** @type {import('../i18n.js').Key} */ (`title.${name}`) });
