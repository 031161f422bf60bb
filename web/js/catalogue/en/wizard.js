/**
 * The English text of steps 1 to 5.
 *
 * @type {Record<keyof typeof import('../ja/wizard.js').default, string>}
 */
export default {
  'index.lead': 'Here you revoke a certificate that was issued to you and apply for a new one. First we check who you are.',
  'index.prepareHeading': 'Before you begin',
  'index.prepareCredentials':
    'Have your application password ready, and the certificate code with which you picked up your current certificate.',
  'index.prepareRevocation': 'The reissue revokes your current certificate. Revocation cannot be undone.',
  'index.prepareValidity': 'Only a certificate with more than 30 days of validity left can be reissued.',
  'index.codeArrived': 'Do you have a new certificate code from our mail?',
  'index.toPickUp': 'Pick up your certificate',
  'index.hint.emailAddress': 'The address that you registered when you applied for your current certificate.',
  'index.hint.certificateCode':
    'The code with which you picked up your current certificate. Dashes and spaces may be typed or left out.',
  'index.hint.signInCode': 'The 8 letters and digits in the latest e-mail. Leave this field empty if you have no code.',
  'index.enterSignInCode': 'Enter the sign-in code',
  'index.submit': 'Send',

  'certificates.lead': 'Choose the coupon number of the certificate that you want reissued.',
  'certificates.count': '{count} certificates',
  'certificates.countOne': '1 certificate',
  'certificates.caption': 'Certificates that can be reissued',
  'certificates.subscriberName': 'Subscriber',
  'certificates.organizationName': 'Organisation',
  'certificates.companyCode': 'Company code',
  'certificates.none': 'There is no certificate that can be reissued.',
  'certificates.noneHint':
    'A certificate can be reissued when it is not revoked and has more than {days} days of validity left.',
  'certificates.notReissuable': 'Certificates that cannot be reissued',
  'certificates.reason': 'Why not',
  'certificates.reason.revoked': 'It has been revoked (its validity would have ended on {to}).',
  'certificates.reason.expired': 'Its validity ended on {to}.',
  'certificates.reason.notYetValid': 'It cannot be reissued before its validity begins on {from}.',
  'certificates.reason.validityTooShort':
    'Its validity ends on {to}, and a certificate with {days} days or fewer left is not reissued. Please contact us about a renewal.',
  'certificates.reason.reissueInProgress': 'An application for its reissue has already been accepted (its validity ends on {to}).',
  'certificates.receipts': 'Accepted applications',
  'certificates.receipt': 'Receipt {number} (accepted on {date}, coupon number {coupon})',

  'certificate.question': 'Do you want to apply for a new certificate to replace this one?',
  'certificate.explanation':
    'For the reissue the certification authority revokes this certificate. Its serial number is then on the certificate revocation list (CRL), which tells everyone who verifies the certificate that it is revoked.',
  'certificate.warningHeading': 'The certificate of {name} will be revoked and stop working',
  'certificate.warningWhich': 'Which: serial number {serial} (valid {period})',
  'certificate.warningWhen': 'When: {when}',
  'certificate.whenSubmission': 'at the moment you submit the application. If you do so today, that is {date}.',
  'certificate.whenPickup':
    'when you pick up the new certificate. If you do not pick it up, it is revoked on {date} at the latest, counted from now.',
  'certificate.warningUses':
    'What stops working: signing mail with this certificate, receiving newly encrypted mail, logging in to systems with it (client authentication)',
  'certificate.warningGap':
    'From the revocation until you pick up the new certificate you have no working certificate. The new certificate code arrives by e-mail within about one hour of acceptance.',
  'certificate.warningFinal': 'Revocation cannot be undone. There is no procedure to take it back.',
  'certificate.warningKeep':
    'Keep the current certificate and its private key: you need them to read encrypted mail that you received in the past.',
  'certificate.acknowledgement': 'Acknowledgement of the revocation',
  'certificate.acknowledge':
    'I understand that the certificate above will be revoked, will stop working, and cannot be restored.',

  'application.lead':
    'Check the data and correct what has changed. Full-width or half-width, with dashes or without: the form puts it in order.',
  'application.organization': 'Your organisation',
  'application.subscriber': 'About you',
  'application.address': 'Office address',
  'application.fixedNote': 'The organisation and your names were verified at your first application and cannot be changed.',
  'application.choosePrefecture': 'Choose one',
  'application.addressOffer': 'Fill in this address',
  'application.addressesFound': 'Addresses found: {count}. You can choose below the postal code.',
  'application.addressEntered': 'The address you chose is filled in. Please check the number and the building.',
  'application.addressUndo': 'Go back to the address before',
  'application.addressUndone': 'The address is as it was before.',
  'application.addressUnknown':
    'No address was found for this postal code. If the code is right, just enter the address in the fields below.',
  'application.addressUnavailable': 'The address of this postal code could not be looked up. Please enter it in the fields below.',
  'application.privacyHeading': 'Your personal data',
  'application.privacy':
    'This data is used to issue the certificate and to provide this service, and only by the parties that the privacy page names.',
  'application.privacyLink': 'Privacy',
  'application.restored': 'Your input that was not saved yet has been restored.',
  'application.useSaved': 'Go back to the saved data',
  'application.changedHeading': 'The application was changed on another page',
  'application.changed': 'The latest data is shown now. Check it and press “Next” again.',
  'application.useOwn': 'Use what I had entered',
  'application.ownRestored': 'What you had entered is back in the form.',
  'application.saving': 'Saving.',

  'review.lead': 'Please check everything that you apply for.',
  'review.change': 'Change',
  'review.changeField': 'Change {field}',
  'review.none': '(none)',
  'review.certificate': 'Certificate to be revoked',
  'review.warningHeading': 'The application cannot be corrected after you send it',
  'review.warningAddress': 'The new certificate code goes to {address}. Please check once more that the address is right.',
  'review.warningSubmission':
    'The moment you send it, your current certificate is revoked. If you do so today, that is {date}. Revocation cannot be undone.',
  'review.warningPickup':
    'Your current certificate is revoked when you pick up the new one, or, if you do not, on {date} at the latest, counted from now. Revocation cannot be undone.',
  'review.holdHeading': 'The e-mail address is changed',
  'review.holdWhy':
    'To protect you from impostors, we immediately notify the address that is registered for your current certificate.',
  'review.holdMinutes': 'The new certificate code is held for {count} minutes after acceptance, and then sent to {address}.',
  'review.holdHours': 'The new certificate code is held for {count} hours after acceptance, and then sent to {address}.',
  'review.holdOfficer': 'The new certificate code is sent to {address} when an officer has approved the change.',
  'review.holdNone': 'The new certificate code is sent to {address} after acceptance.',
  'review.holdStop':
    'The owner of the registered address can stop the application until the new certificate has been picked up.',
  'review.hint.applicationPassword':
    'Because the e-mail address is changed, please enter the password of the identity check once more.',
  'review.submitSubmission': 'Revoke and apply for reissue',
  'review.submitPickup': 'Agree to revocation at pick-up and apply for reissue',
  'review.running': 'Sending the application. Please keep this page open.',
  'review.network':
    'The connection broke. Press the same button again. If the application had already been accepted, it is not made twice: you see the same receipt number.',
};
