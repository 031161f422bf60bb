/**
 * The names of a deployment that every page shows. The upload replaces this file by the output `PageSettings` of
 * infra/template.yaml.
 */
export default {
  service: { ja: '電子証明書 再発行サービス', en: 'Certificate Reissue Service' },
};
