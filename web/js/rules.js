/**
 * The rules of the fields, in one file that the server generates from its own.
 *
 * @typedef {'ja' | 'en'} Language
 * @typedef {Record<Language, string>} Wording
 * @typedef {'mailbox' | 'fullWidth' | 'romaji' | 'text' | 'postalCode' | 'prefecture' | 'phone' | 'password'
 *   | 'certificateCode'} FieldKind
 * @typedef {{ kind: FieldKind, required: boolean, maxLength: number, label: Wording }} FieldRule
 * @typedef {{ alphabet: string, symbols: number, groupLength: number, generator: number, polynomial: number }}
 *   CertificateCodeRules
 * @typedef {{ certificateCode: CertificateCodeRules, prefectures: string[], fields: Record<string, FieldRule>,
 *   messages: Record<string, Wording> }} Rules
 */

/**
 * @param {Rules} rules
 * @param {string} name
 * @returns {FieldRule}
 */
export function fieldRule(rules, name) {
  const rule = rules.fields[name];
  if (!rule) throw new RangeError(`no rule for the field ${name}`);
  return rule;
}

/**
 * @param {Rules} rules
 * @param {Language} language
 * @param {string} code
 * @param {string} label of what the message is about
 * @param {number} [maxLength]
 */
export function ruleMessage(rules, language, code, label, maxLength) {
  const message = rules.messages[code];
  if (!message) throw new RangeError(`no message for the rule ${code}`);
  return message[language].replaceAll('{label}', label).replaceAll('{max}', String(maxLength));
}
