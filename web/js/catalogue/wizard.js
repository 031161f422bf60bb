import { addTexts } from '../i18n.js';
import en from './en/wizard.js';
import ja from './ja/wizard.js';

addTexts({ ja, en });
