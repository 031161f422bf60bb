import { addTexts } from '../i18n.js';
import en from './en/email-hint.js';
import ja from './ja/email-hint.js';

addTexts({ ja, en });
