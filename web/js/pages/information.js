/**
 * Draws the common elements of the information pages. The HTML contains the text in both languages, so operators can
 * replace it.
 */
import { startPage } from '../shell.js';

const name = document.body.dataset.page;

startPage({ title: /** @type {import('../i18n.js').Key} */ (`title.${name}`) });
