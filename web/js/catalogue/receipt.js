import { addTexts } from '../i18n.js';
import en from './en/receipt.js';
import ja from './ja/receipt.js';

addTexts({ ja, en });
