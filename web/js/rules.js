/**
 * Defines the types of rules.json, which contains the field rules. A test generates rules.json from the server's
 * definitions.
 *
 * @typedef {import('../../infra/openapi.js').components['schemas']['Language']} Language
 * @typedef {Record<Language, string>} Wording
 * @typedef {'mailbox' | 'fullWidth' | 'romaji' | 'text' | 'postalCode' | 'prefecture' | 'phone' | 'password'
 *   | 'certificateCode' | 'signInCode' | 'stopCode'} FieldKind
 * @typedef {'name' | 'organization' | 'position' | 'emailAddress' | 'address' | 'telephone' | 'credential'} PersonalData
 * @typedef {{ kind: FieldKind, required: boolean, maxLength: number, label: Wording, hint: Wording | null,
 *   example: string | null, autocomplete: string, personalData: PersonalData }} FieldRule
 * @typedef {{ label: Wording, language: Language | null, personalData: PersonalData }} FixedField
 * @typedef {'organization' | 'subscriber' | 'address'} Group
 * @typedef {{ alphabet: string, symbols: number, groupLength: number, generator: number, polynomial: number }}
 *   CertificateCodeRules
 * @typedef {{ certificateCode: CertificateCodeRules, prefectures: string[],
 *   application: { group: Group, fields: string[] }[], fields: Record<string, FieldRule>,
 *   fixedFields: Record<string, FixedField>, messages: Record<string, Wording> }} Rules
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
 * @param {FieldRule} rule
 * @param {Language} language
 */
export function hintText({ hint, example }, language) {
  return hint && hint[language].replaceAll('{example}', example ?? '');
}

/**
 * @param {Rules} rules
 * @param {Language} language
 * @param {string} code
 * @param {string} label of the field that the message describes
 * @param {number} [maxLength]
 */
export function ruleMessage(rules, language, code, label, maxLength) {
  const message = rules.messages[code];
  if (!message) throw new RangeError(`no message for the rule ${code}`);
  return message[language].replaceAll('{label}', label).replaceAll('{max}', String(maxLength));
}
