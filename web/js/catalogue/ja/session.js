/** The texts of the dialogs before and after the end of a session. */
export default {
  'session.warningHeading': 'まもなく手続きの有効時間が終わります',
  'session.warning': '操作のない状態が続いているため、{time}に手続きが終了します。続ける場合は延長してください。',
  'session.lastWarning':
    '安全のため、1回の利用者確認で手続きできる時間には上限があり、{time}に終了します。これ以上は延長できません。入力途中の内容は、1時間以内に利用者確認をやり直すと、このタブに戻ります。',
  'session.extend': '延長して手続きを続ける',
  'session.extendFailed': '延長できませんでした。通信の状態を確かめて、もう一度押してください。',
  'session.extended': '手続きの有効時間を延長しました。',
  'session.close': '閉じる',
  'session.endedHeading': '手続きの有効時間が終わりました',
  'session.ended':
    '安全のため手続きを終了し、入力内容を画面から消しました。入力途中の申請情報は、1時間以内に利用者確認をやり直すと、このタブに戻ります。',
  'session.endedEarlyHeading': '手続きは終了しました',
  'session.loggedOutHeading': 'ログアウトしました',
  'session.loggedOut': '別の画面でログアウトしたため、入力内容をこの画面から消しました。',
};
