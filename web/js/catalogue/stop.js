import { addTexts } from '../i18n.js';
import en from './en/stop.js';
import ja from './ja/stop.js';

addTexts({ ja, en });
