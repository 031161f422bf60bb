/** The Japanese texts of the page that stops an application. */
export default {
  'stop.lead':
    '再発行の申請で別の電子メールアドレスが指定されたことをお知らせするメールに、心当たりがない場合は、このページで申請を停止できます。',
  'stop.hint.stopCode': 'お知らせのメールに書かれたコードです。ハイフンや空白は、あってもなくてもかまいません。',
  'stop.checking': '確認しています。',
  'stop.heading': 'この申請を停止しますか',
  'stop.newAddress': '新しい証明書コードの送り先',
  'stop.acceptedAt': '受け付けた日時',
  'stop.effectHeading': '停止するとどうなるか',
  'stop.effectPickUp': 'この申請では、だれも新しい電子証明書を取得できなくなります。送信済みの証明書コードも使えません。',
  'stop.effectOfficer': '担当者が確認し、停止を解除するか、申請を却下します。',
  'stop.effectOld': 'これまでの電子証明書の状態は変わりません。すでに失効している場合は、失効したままです。',
  'stop.own': 'ご自身の申請であれば、停止せずに、このページを閉じてください。',
  'stop.submit': '申請を停止する',
  'stop.running': '停止しています。',
  'stop.stoppedHeading': '申請を停止しました',
  'stop.stopped':
    '{time}に停止しました。この申請では、だれも電子証明書を取得できません。確認のメールを、これまでのアドレスへお送りします。',
  'stop.stoppedNext': '心当たりのない申請であれば、受付番号を添えて窓口へご連絡ください。誤って停止した場合も、窓口へご連絡ください。',
  'stop.pickedUpHeading': '新しい電子証明書は、すでに取得されています',
  'stop.pickedUp':
    '{time}に取得されたため、停止できません。心当たりがない場合は、すぐに緊急の窓口へ連絡し、受付番号を伝えて、新しい電子証明書の失効を依頼してください。',
  'stop.expiredHeading': 'この申請は終了しています',
  'stop.expired': '{time}に取得の期限が過ぎたため、この申請ではだれも電子証明書を取得できません。',
  'stop.rejectedHeading': 'この申請は却下されています',
  'stop.rejected': '{time}に担当者が却下したため、この申請ではだれも電子証明書を取得できません。',
};
