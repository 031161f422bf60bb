/**
 * The English text shared by all pages. rules.json contains the field labels and messages.
 *
 * @type {Record<keyof typeof import('../ja/common.js').default, string>}
 */
export default {
  'site.skip': 'Skip to main content',
  'site.otherLanguage': '日本語',
  'site.logout': 'Log out',
  'site.loading': 'Loading.',
  'site.errorTitle': 'Error: {title}',
  'site.newTab': ' (opens in a new tab)',

  'date.time': '{date}, {time} (Japan time)',
  'date.period': '{from} – {to}',

  'footer.label': 'About this service',
  'footer.pick-up': 'Pick up your certificate',
  'footer.install': 'Install your certificate',
  'footer.contact': 'Contact',
  'footer.terms': 'Terms of use',
  'footer.privacy': 'Privacy',
  'footer.repository': 'Repository',
  'footer.browsers': 'Supported browsers',
  'footer.help': 'Help',

  'steps.label': 'Steps of the procedure',
  'steps.heading': 'Step {step} of 6: ',
  'steps.done': ' (done)',
  'steps.identify': 'Identity check',
  'steps.choose': 'Choose certificate',
  'steps.check': 'Check certificate',
  'steps.enter': 'Enter application',
  'steps.confirm': 'Check application',
  'steps.receipt': 'Accepted',

  'title.index': 'Identity check',
  'title.certificates': 'Choose the certificate to reissue',
  'title.certificate': 'Check the certificate',
  'title.application': 'Enter the application',
  'title.review': 'Check the application',
  'title.receipt': 'Application accepted',
  'title.correct-address': 'Correct the e-mail address',
  'title.pick-up': 'Pick up your certificate',
  'title.stop': 'Stop an application',
  'title.install': 'Install your certificate',
  'title.help': 'Help',
  'title.browsers': 'Supported browsers',
  'title.contact': 'Contact',
  'title.terms': 'Terms of use',
  'title.privacy': 'Privacy',
  'title.repository': 'Repository',
  'title.policies': 'CP and CPS',
  'title.style-guide': 'Style guide',

  'from.session-missing': 'This procedure needs an identity check first. Please fill in the three fields below.',
  'from.session-ended':
    'Your session has ended. Application data that you had not sent yet returns to this tab if you do the identity check again within one hour.',
  'from.session-replaced': 'A new identity check in this browser ended the earlier session.',
  'from.too-many-sessions':
    'Identity checks in other windows or devices ended your session, because at most 5 can be open. If that was not you, please contact us.',
  'from.wrong-passwords': 'Your session was ended because of 5 wrong passwords. Please do the identity check again.',
  'from.step-out-of-order': 'The steps are taken in order. Please continue from this page.',
  'from.already-submitted': 'This application had already been accepted. Here is its receipt.',
  'from.logged-out': 'You have logged out.',
  'from.identity-check-required':
    'For your security, please pass the identity check again before you change where the code is sent. The e-mail address is the one registered for the certificate that you had until now.',
  'from.address-corrected': 'The e-mail address is corrected. A new certificate code will be sent to it.',

  'problem.heading': 'There is a problem',
  'problem.fieldsHeading': 'Please check what you entered',
  'problem.network':
    'The server could not be reached. Check your network connection and try again. Nothing that you entered is lost.',
  'problem.networkTitle': 'No connection',
  'problem.server': 'The server has a problem. Please try again later. Nothing that you entered is lost.',
  'problem.retry': 'Try again',
  'problem.afterSeconds': 'Please try again in {count} seconds.',
  'problem.afterMinutes': 'Please try again in about {count} minutes.',
  'problem.afterHours': 'Please try again in about {count} hours.',
  'problem.toStart': 'Apply for a reissue',
  'problem.toList': 'Back to the list of certificates',
  'problem.toReceipt': 'Show the receipt',
  'problem.unknownOutcomeTitle': 'We could not see whether it was sent',
  'problem.toContact': 'Contact',

  'form.required': 'Required',
  'form.optional': 'Optional',
  'form.requiredNote': 'Fields marked “Required” must be filled in.',
  'form.back': 'Back',
  'form.next': 'Next',
  'form.running': 'Working. Please wait.',

  'session.identifyAgain': 'Do the identity check again',

  'cookie.heading': 'Your browser did not keep the cookie',
  'cookie.notKept':
    'You passed the identity check, but your browser did not keep the cookie that holds the session, so you cannot go on from here.',
  'cookie.remedy':
    'Allow cookies for this site in the settings of your browser, then do the identity check again. If this is a private window, use a normal one. If that does not help, use another browser.',
  'cookie.toBrowsers': 'Check whether this browser keeps the cookie (supported browsers)',

  'credentials.help.applicationPassword': 'What is the application password?',
  'credentials.help.certificateCode': 'What is the certificate code?',
  'credentials.answer.applicationPassword':
    'You chose it yourself when you applied for a certificate for the first time. No mail contains it. This site cannot reset it: if you no longer know it, please contact us.',
  'credentials.answer.certificateCode':
    'It is in the mail that told you how to pick up the certificate that you use now (after a reissue: “Your new certificate code”): letters and digits in groups of four. A code from an older system may look different. It is neither the serial number nor the coupon number.',
  'credentials.more.applicationPassword': 'More about the application password',
  'credentials.more.certificateCode': 'More about the certificate code',
  'credentials.hint.applicationPassword': 'The password that you chose in your first application. It stays the same through every reissue.',
  'credentials.showPassword': 'Show password',
  'credentials.hidePassword': 'Hide password',
  'credentials.checking': 'Checking.',

  'facts.validity': 'Validity',
  'facts.commonName': 'Name',
  'facts.emailAddress': 'E-mail address',
  'facts.serialNumber': 'Serial number',
  'facts.couponNumber': 'Coupon number',
  'facts.receiptNumber': 'Receipt number',
  'facts.codeExpiresAt': 'The new certificate code is valid until',
};
