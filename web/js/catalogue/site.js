import { addTexts } from '../i18n.js';
import en from './en/site.js';
import ja from './ja/site.js';

addTexts({ ja, en });
