/** The Japanese text that scripts add to the information pages. The HTML contains all other text of these pages. */
export default {
  'repository.subject': '主体者名',
  'repository.fingerprint': 'SHA-256 フィンガープリント',
  'repository.caPem': '認証局の証明書（PEM形式、ca.pem）',
  'repository.crlNumber': 'CRL番号',
  'repository.thisUpdate': '発行日時（thisUpdate）',
  'repository.nextUpdate': '次回の発行期限（nextUpdate）',
  'repository.size': '大きさ',
  'repository.overdue': 'この失効リストは、次回の発行期限を過ぎています。窓口へお知らせください。',
  'repository.unreadable': '内容をこの画面に表示できませんでした。上のファイルを開いて確かめてください。',
};
