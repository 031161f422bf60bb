/**
 * The deployment's service name in both languages. When an operator uploads the site, the output `PageSettings` of
 * infra/template.yaml replaces this file.
 */
export default {
  service: { ja: '電子証明書 再発行サービス', en: 'Certificate Reissue Service' },
};
