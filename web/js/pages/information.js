/**
 * Draws the common elements of the information pages. The HTML contains their texts in both languages, so that
 * operators can replace these texts.
 */
import { startPage } from '../shell.js';

const name = document.body.dataset.page;

startPage({ title: /** @type {import('../i18n.js').Key} */ (`title.${name}`) });
