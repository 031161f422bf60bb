import { addTexts } from '../i18n.js';
import en from './en/pick-up.js';
import ja from './ja/pick-up.js';

addTexts({ ja, en });
