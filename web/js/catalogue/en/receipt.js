/**
 * The English text of the receipt.
 *
 * @type {Record<keyof typeof import('../ja/receipt.js').default, string>}
 */
export default {
  'receipt.accepted': 'Your application has been accepted',
  'receipt.keep': 'You need it when you contact us. Print this page or write the number down.',
  'receipt.ending.stopped': 'The application is stopped',
  'receipt.ending.rejected': 'The application was rejected',
  'receipt.endingWhy.stopped':
    'It was stopped from the address that is registered for the old certificate. No certificate can be picked up until an officer has examined it. If you want to continue, contact us and give the receipt number.',
  'receipt.endingWhy.rejected':
    'An officer rejected it, so no certificate can be picked up with it. If you need a certificate, contact us and give the receipt number.',
  'receipt.detailsHeading': 'What was accepted',
  'receipt.serialNumber': 'Serial number of the old certificate',
  'receipt.timelineHeading': 'Where things stand',
  'receipt.revocation': 'Revocation of the old certificate',
  'receipt.revokedAtPickup': 'It is revoked when you pick up the new certificate or, if you do not, on {time} at the latest.',
  'receipt.revocationPending': 'The revocation is being processed.',
  'receipt.mail': 'Mail with the new certificate code',
  'receipt.mailExpected': 'Will be sent to {address} by {time}.',
  'receipt.mailHeld':
    'The code is held until {until}, because the e-mail address was changed. It will be sent to {address} by {time}. Until then, the owner of the former address can stop the application.',
  'receipt.mailHeldForOfficer':
    'The code for {address} is held until an officer approves the change of the e-mail address.',
  'receipt.mailOnItsWay': 'On its way to {address}.',
  'receipt.mailTrouble.delayed': 'The mail is delayed',
  'receipt.mailTrouble.bounced': 'The mail could not be delivered',
  'receipt.mailTrouble.complained': 'The mail was reported as spam',
  'receipt.mailRemedy.delayed':
    'The mail server of {address} has not taken the mail yet, and we keep trying. Please look at the latest state on this page in a while.',
  'receipt.mailRemedy.temporaryFailure':
    'For a passing reason the mail server of {address} did not take the mail. Please have a new code sent in a while.',
  'receipt.mailRemedy.mailboxFull':
    'The mailbox of {address} is full. Delete mails that you do not need, then have a new code sent.',
  'receipt.mailRemedy.refused':
    'The mail server of {address} refused the mail. Ask whoever runs it to let our mail in, then have a new code sent. If it still does not arrive, contact us and give the receipt number.',
  'receipt.mailRemedy.suppressed':
    'Earlier mails to {address} came back or were reported as spam, so none is sent there any more. A new code would not arrive either. Give another address, or contact us with the receipt number.',
  'receipt.mailRemedy.undeliverable':
    '{address} does not exist or takes no mail. As long as that is so, a new code would not arrive either. If the address is wrong, correct it.',
  'receipt.mailRemedy.complained':
    'The mail reached {address} and was reported as spam. Look into your spam folder and mark it as wanted. If it is not there, or it was not you who reported it, contact us and give the receipt number.',
  'receipt.nextHeading': 'What happens next',
  'receipt.next1': 'Within about one hour you receive the new certificate code by e-mail.',
  'receipt.next1Held': 'After {until} you receive the new certificate code by e-mail.',
  'receipt.next1Officer': 'When an officer has approved the change, you receive the new certificate code by e-mail.',
  'receipt.next2':
    'Follow the mail and pick up the new certificate with the new certificate code and your application password.',
  'receipt.refresh': 'Show the latest state',
  'receipt.refreshed': 'This is the latest state.',
  'receipt.print': 'Print',
  'receipt.event.accepted': 'The application was accepted.',
  'receipt.event.revoked': 'The old certificate was revoked. It can no longer be used.',
  'receipt.event.listed': 'The revocation was published on the CRL {crl}, number {number}.',
  'receipt.event.codeSent': 'The new certificate code was sent to {address}.',
  'receipt.event.codeDelayed': 'The mail with the new certificate code is delayed.',
  'receipt.event.codeDelivered': 'The mail with the new certificate code reached the mail server of {address}.',
  'receipt.event.codeBounced': 'The mail with the new certificate code could not be delivered to {address}.',
  'receipt.event.codeComplained': 'The mail with the new certificate code was reported as spam.',
  'receipt.event.addressCorrected': 'The e-mail address was corrected. Codes that were sent before do not work any more.',
  'receipt.event.stopped': 'The application was stopped from the address that is registered for the old certificate.',
  'receipt.event.released': 'An officer allowed the code to be sent. Codes that were sent before do not work any more.',
  'receipt.event.rejected': 'An officer rejected the application.',
  'receipt.event.pickedUp': 'The new certificate was picked up.',
  'receipt.event.expired': 'The time for picking up ended.',
  'receipt.pendingHeading': 'Still to come',
  'receipt.until': 'The certificate can be picked up until',
  'receipt.newCoupon': 'Coupon number of the new certificate',
  'receipt.toPickUp': 'Pick up the certificate',
  'receipt.resendHeading': 'If the mail does not arrive',
  'receipt.spam': 'Look into your spam folder first.',
  'receipt.resendWhy':
    'If it is not there, we can send a new certificate code to {address}. The code before it then stops working.',
  'receipt.resendLimit': 'Codes that can still be sent: {count}, at least 5 minutes apart.',
  'receipt.resend': 'Send a new code',
  'receipt.resending': 'Asking for it.',
  'receipt.resentHeading': 'A new certificate code is on its way',
  'receipt.resent': 'Please wait for the mail to {address}. The code before it no longer works.',
  'receipt.noResend.tooSoon': 'You can ask for another code from {time}. Codes that can still be sent: {count}.',
  'receipt.noResend.held':
    'Codes are held, so you can ask for another one from {time}. Codes that can still be sent: {count}.',
  'receipt.noResend.heldForOfficer':
    'Codes are held, so you cannot ask for another one before an officer has approved the change.',
  'receipt.noResend.limitReached': 'No more codes can be sent. Please contact us and give the receipt number.',
  'receipt.noResend.expired':
    'The time to pick up the certificate is over, so no code can be sent. If you need a certificate, apply to the certification authority for a new one.',

  'correction.heading': 'If the address is wrong',
  'correction.why': 'The certificate code is sent to {address}. If that is wrong, you can correct it after another identity check.',
  'correction.toPage': 'Correct the address',
  'correction.lead': 'Correct the e-mail address that the new certificate code is sent to.',
  'correction.currentAddress': 'Now sent to',
  'correction.effectHeading': 'What a correction does',
  'correction.newCode': 'A new certificate code is sent to the corrected address.',
  'correction.oldCode': 'A certificate code that was sent to the former address stops working at once.',
  'correction.hold':
    'If the address is not the one that is registered for your current certificate, the code is held, and we notify the registered address. Its owner can stop the application.',
  'correction.limit': 'Corrections left: {count}.',
  'correction.until': 'Please finish by {time} (Japan time). After that another identity check is needed.',
  'correction.hint.applicationPassword':
    'For your security, please enter the password of the identity check once more.',
  'correction.submit': 'Correct the address',
  'correction.running': 'Correcting.',
  'correction.changedHeading': 'The application was changed on another page',
  'correction.changed': 'This page now shows its current state. Check where the code is sent, and correct the address again only if it is still wrong.',
  'correction.checkFirst':
    'For your security, please pass the identity check again before you change where the code is sent.',
  'correction.checkWith':
    'It takes the e-mail address registered for the certificate that you had until now, your application password, and the certificate code that you had until now. Correct the address within ten minutes of it.',
  'correction.toCheck': 'To the identity check',
  'correction.notPossible.limitReached':
    'The address was corrected as often as is possible. Please contact us and give the receipt number.',
  'correction.notPossible.issuanceBegun':
    'The pick-up of the certificate was begun with the code that was mailed, so the address cannot be corrected. If that was not you, contact us at once and give the receipt number.',
  'correction.notPossible.pickedUp': 'The new certificate was picked up, so the address cannot be corrected.',
  'correction.notPossible.stopped': 'The application is stopped, so the address cannot be corrected.',
  'correction.notPossible.rejected': 'The application was rejected, so the address cannot be corrected.',
  'correction.notPossible.expired': 'The time to pick up the certificate is over, so the address cannot be corrected.',
};
