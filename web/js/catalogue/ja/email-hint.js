/** The Japanese texts of the hint below an email address. */
export default {
  'emailHint.question': '「@」より後ろは、「{domain}」の打ち間違いではありませんか。このままでも先に進めます。',
  'emailHint.use': '「{domain}」に直す',
  'emailHint.used': 'アドレスを {address} に直しました。',
  'emailHint.aLabel': '「@」より後ろの日本語などの文字は、電子証明書には、このように「xn--」で始まる英数字で記載されます。',
};
