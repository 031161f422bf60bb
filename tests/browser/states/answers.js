/**
 * The planned API responses of a state.
 *
 * @typedef {import('../../../web/js/api.js').Schemas} Schemas
 * @typedef {import('../../../web/js/rules.js').Language} Language
 * @typedef {import('../static-site.js').Answer} Answer
 * @typedef {((language: Language) => Answer) | 'no connection' | 'no answer'} Plan
 * @typedef {Record<string, Plan | [Plan, ...Plan[]]>} Plans by method and path; the last of several plans is repeated
 */

/**
 * @template {object} Body
 * @param {Body} body
 * @param {number} [status]
 * @returns {Plan}
 */
export function ok(body, status = 200) {
  return () => ({ status, body });
}

/** The response of a proxy that cannot reach the API. @type {Plan} */
export const badGateway = () => ({ status: 502, headers: { 'Content-Type': 'text/html' }, body: {} });

/** The title and the detail of each problem, as in shared/messages/src. */
export const words = {
  'identity-check-failed': {
    ja: ['利用者を確認できませんでした。', '電子メールアドレス、申請パスワード、証明書コードの組み合わせが登録と一致しません。3 項目とも見直して、もう一度送信してください。'],
    en: ['We could not confirm who you are.', 'The e-mail address, application password and certificate code do not belong together. Check all three and send again.'],
  },
  'session-missing': {
    ja: ['利用者確認がまだ済んでいません。', '利用者確認から始めてください。'],
    en: ['The identity check has not been passed yet.', 'Start with the identity check.'],
  },
  'session-ended': {
    ja: ['ほかの画面や端末で利用者確認が行われ、同時に開ける数（5 件）を超えたため、この手続きは終了しています。', 'もう一度、利用者確認を行ってください。保存済みの入力内容は残っています。'],
    en: ['Identity checks in other windows or devices have ended this session, because at most 5 sessions can be open.', 'Pass the identity check again. What was saved is still there.'],
  },
  'session-limit-reached': {
    ja: ['1 回の利用者確認で申請情報を保存できるのは、20 回までです。', 'もう一度、利用者確認を行ってください。保存済みの入力内容は残っています。'],
    en: ['The application can be saved 20 times in one session.', 'Pass the identity check again. What was saved is still there.'],
  },
  'too-many-sign-ins': {
    ja: ['利用者確認の回数が、上限に達しました。', '同じ証明書コードでの利用者確認は、24 時間に 30 回までです。時間をおいて、もう一度お試しください。お心当たりがない場合は、お問い合わせください。'],
    en: ['The identity check was passed too many times.', 'The identity check can be passed 30 times in 24 hours with the same certificate code. Try again later. If you did not do this, contact us.'],
  },
  'confirmation-by-email': {
    ja: ['確認コードによる確認が必要です。', 'このメールアドレスと証明書コードで、誤った入力が繰り返されました。入力内容が正しければ、登録されたメールアドレスに確認コードをお送りしています。下の欄に入力してください。5分たっても届かない場合は、入力内容を見直して、もう一度送信してください。'],
    en: ['Please confirm the identity check with a sign-in code.', 'Too many wrong attempts were made with this e-mail address and certificate code. If your details are right, we have sent a sign-in code to the registered mailbox. Enter it below. If no e-mail arrives within 5 minutes, check your details and send again.'],
  },
  'code-blocked': {
    ja: ['この証明書コードで、誤ったパスワードが繰り返し入力されました。', 'このコードは使えなくなりました。受付の画面から別の証明書コードの送信を申し込み、そのコードで取得してください。'],
    en: ['Too many wrong passwords were entered with this certificate code.', 'The code can no longer be used. Ask for another certificate code on the receipt, and pick the certificate up with that one.'],
  },
  'invalid-fields': {
    ja: ['入力内容に直していただきたい項目があります。', '示された項目を直して、もう一度送信してください。'],
    en: ['Some of what was entered has to be corrected.', 'Correct the fields that are named and send again.'],
  },
  'not-found': {
    ja: ['見つかりません。', '番号やアドレスを確認してください。'],
    en: ['There is nothing here.', 'Check the number or the address.'],
  },
  'certificate-not-reissuable': {
    ja: ['この電子証明書は再発行できません。', '再発行できるのは、失効しておらず、有効期間が 30 日より長く残っている電子証明書です。'],
    en: ['This certificate cannot be reissued.', 'A certificate can be reissued while it is not revoked and more than 30 days of its validity are left.'],
  },
  'application-changed': {
    ja: ['申請情報が、別の画面で更新されています。', '最新の内容を読み込んで、確認し直してください。'],
    en: ['The application was changed in another window.', 'Load it again and check it once more.'],
  },
  'pick-up-check-failed': {
    ja: ['証明書コードと申請パスワードを確認できませんでした。', '最後に届いたメールの証明書コードと、申請パスワードを見直して、もう一度送信してください。'],
    en: ['The certificate code and the application password could not be confirmed.', 'Check the certificate code in the latest mail and the application password, and send again.'],
  },
  'code-expired': {
    ja: ['この証明書コードの有効期限が過ぎています。', '受付の画面から証明書コードの再送を申し込み、新しいコードで取得してください。'],
    en: ['The time of this certificate code is over.', 'Ask for another certificate code on the receipt, and pick the certificate up with that one.'],
  },
  'application-expired': {
    ja: ['取得の期限を過ぎたため、この申請は終了しました。', '電子証明書が必要な場合は、認証局へ新規に申請してください。'],
    en: ['The application has ended: it was not picked up in time.', 'If you need a certificate, apply to the certification authority for a new one.'],
  },
  'application-stopped': {
    ja: ['この申請は停止されています。', 'これまでの電子証明書に登録されている電子メールアドレスから、申請が停止されました。手続きを続けたい場合は、受付番号を添えてお問い合わせください。'],
    en: ['The application was stopped.', 'The application was stopped from the mailbox that is registered for the old certificate. If you want to continue it, contact us and give the receipt number.'],
  },
  'stop-code-unknown': {
    ja: ['この停止コードに対応する申請はありません。', 'アドレスの変更をお知らせしたメールの停止コードと見比べてください。解決しない場合は、すぐにお問い合わせください。'],
    en: ['No application belongs to this stop code.', 'Compare it with the stop code in the mail about the changed address. If it does not work, contact us at once.'],
  },
  'resend-not-possible': {
    ja: ['証明書コードを再送できません。', '前のメールが届いていないか確認し、数分待ってから、もう一度申し込んでください。'],
    en: ['No other certificate code can be sent.', 'See whether the last mail has arrived, wait a few minutes, and ask again.'],
  },
  'temporarily-unavailable': {
    ja: ['ただいま処理できませんでした。', '入力内容はそのままです。少し待ってから、もう一度送信してください。'],
    en: ['This could not be done just now.', 'Nothing is lost. Wait a moment and send the same again.'],
  },
  'internal-error': {
    ja: ['システムに問題が起きました。', '何も変更されていません。続く場合はお問い合わせください。'],
    en: ['Something went wrong on our side.', 'Nothing was changed. If it happens again, contact us.'],
  },
};

/**
 * @param {number} status
 * @param {keyof typeof words} type
 * @param {(language: Language) => Partial<Schemas['Problem']>} [more]
 * @param {Record<string, string>} [headers]
 * @returns {Plan}
 */
export function refused(status, type, more = () => ({}), headers = {}) {
  return (language) => {
    const [title = '', detail = ''] = words[type][language];
    /** @type {Schemas['Problem']} */
    const body = { type: `/problems/${type}`, title, status, detail, ...more(language) };
    return { status, headers, body };
  };
}

export const unavailable = refused(503, 'temporarily-unavailable');
