/**
 * The English texts of the hint below an email address.
 *
 * @type {Record<keyof typeof import('../ja/email-hint.js').default, string>}
 */
export default {
  'emailHint.question': 'Did you mean “{domain}” after the @? You can also go on with the address as it is.',
  'emailHint.use': 'Change to “{domain}”',
  'emailHint.used': 'The address is now {address}.',
  'emailHint.aLabel': 'The certificate contains letters outside ASCII after the @ in this form, which begins with “xn--”.',
};
