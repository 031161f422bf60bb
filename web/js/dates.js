/**
 * Formats dates and times for the current language. All times are in Japan's time zone, because the certificates are
 * issued in Japan.
 */
import { language, t } from './i18n.js';

const timeZone = 'Asia/Tokyo';
const locales = { ja: 'ja-JP', en: 'en-GB' };

/** @type {Record<import('./rules.js').Language, Intl.DateTimeFormatOptions>} */
const days = {
  ja: { year: 'numeric', month: '2-digit', day: '2-digit', timeZone },
  en: { year: 'numeric', month: 'long', day: 'numeric', timeZone },
};

/**
 * Returns a date such as 2006/07/24 or 24 July 2006.
 *
 * @param {string} moment RFC 3339
 */
export function dateText(moment) {
  return new Intl.DateTimeFormat(locales[language()], days[language()]).format(new Date(moment));
}

/** @param {number | string} moment */
export function timeText(moment) {
  return new Intl.DateTimeFormat('ja-JP', { hour: '2-digit', minute: '2-digit', timeZone }).format(new Date(moment));
}

/** @param {string} moment */
export function dateTimeText(moment) {
  return t('date.time', { date: dateText(moment), time: timeText(moment) });
}

/** @param {{ notBefore: string, notAfter: string }} validity */
export function periodText({ notBefore, notAfter }) {
  return t('date.period', { from: dateText(notBefore), to: dateText(notAfter) });
}
