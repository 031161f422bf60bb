/** The texts of the dialogs before and after the end of a session. */
export default {
  'session.warningHeading': 'Your session is about to end',
  'session.warning': 'You have not been active for a while, so the session ends at {time} (Japan time). Extend it if you want to go on.',
  'session.lastWarning':
    'For your security one identity check lasts for a limited time, until {time} (Japan time), and cannot be extended any more. What you have entered returns to this tab if you do the identity check again within one hour.',
  'session.extend': 'Extend and continue',
  'session.extendFailed': 'The session could not be extended. Check your connection and press the button again.',
  'session.extended': 'The session has been extended.',
  'session.close': 'Close',
  'session.endedHeading': 'Your session has ended',
  'session.ended':
    'The session was ended for your security, and your data was removed from this page. Application data that you had not sent yet returns to this tab if you do the identity check again within one hour.',
  'session.endedEarlyHeading': 'Your session was ended',
  'session.loggedOutHeading': 'You have logged out',
  'session.loggedOut': 'You have logged out on another page, so your data was removed from this page.',
};
