import { addTexts } from '../i18n.js';
import en from './en/session.js';
import ja from './ja/session.js';

addTexts({ ja, en });
