/**
 * The English text of the pick-up page.
 *
 * @type {Record<keyof typeof import('../ja/pick-up.js').default, string>}
 */
export default {
  'pickUp.newCode':
    'It is in the mail “Your new certificate code” that came after your application for a reissue: letters and digits in groups of four. The certificate code of your old certificate does not work here.',
  'pickUp.lead':
    'Pick up your new certificate with the new certificate code from our mail and your application password.',
  'pickUp.prepareHeading': 'Before you start',
  'pickUp.prepareCode':
    'Use the certificate code of the latest mail. If you asked for another one, the code before it no longer works.',
  'pickUp.prepareDevice':
    'Use your own device and a browser that nobody else uses. The private key is made in this browser.',
  'pickUp.prepareTime': 'It takes a few minutes. Keep this page open until you have saved the file.',
  'pickUp.hint.certificateCode': 'The new code from the reissue mail. Dashes and spaces may be left out.',
  'pickUp.waitingHeading': 'A private key is waiting in this browser',
  'pickUp.waiting':
    'It was made here and is not saved in a file yet. Enter the same certificate code and application password to go on where you left off.',
  'pickUp.summaryHeading': 'What will be issued',
  'pickUp.pickedUpHeading': 'This certificate has been picked up',
  'pickUp.resumedHeading': 'You are going on where you left off',
  'pickUp.resumed':
    'The private key that was made in this browser is used. If the certificate was issued already, you receive the same one.',
  'pickUp.organization': 'Organisation',
  'pickUp.notAfter': 'Valid until',
  'pickUp.replacedHeading': 'The old certificate',
  'pickUp.revoked': 'The old certificate (serial number {serial}) was revoked on {time}.',
  'pickUp.notRevoked': 'Picking up does not revoke the old certificate (serial number {serial}, valid until {date}).',
  'pickUp.willRevokeHeading': 'Picking up revokes your current certificate',
  'pickUp.willRevoke':
    'The current certificate (serial number {serial}, valid until {date}) is revoked the moment you pick up the new one, and stops working. This cannot be undone. Keep its private key: you need it to read encrypted mail of the past.',
  'pickUp.keyHeading': 'The private key is made in this browser',
  'pickUp.key': 'It never leaves this browser. Only the public key is sent to the certification authority.',
  'pickUp.fileHeading': 'Choose a password for the file',
  'pickUp.file':
    'You receive the private key and the certificate in one file (.p12) that is protected by a password. You enter it when you import the file into your mail program or operating system. It is not sent to anybody: if it is lost, nobody can restore it.',
  'pickUp.filePassword': 'Password of the file',
  'pickUp.hint.filePassword': 'At least 12 letters, digits or symbols without spaces. Not your application password.',
  'pickUp.suggest': 'Suggest a password',
  'pickUp.strength.weak': 'Strength: weak (cannot be used)',
  'pickUp.strength.fair': 'Strength: fair',
  'pickUp.strength.strong': 'Strength: strong',
  'pickUp.written': 'I have written the password down or saved it in a password manager.',
  'pickUp.notWritten': 'Write the password down, then tick the box to confirm it.',
  'pickUp.fault.required': 'Enter a password for the file.',
  'pickUp.fault.notAscii':
    'Use only unaccented letters, digits and symbols, without spaces: not every program can take others when it imports the file.',
  'pickUp.fault.tooShort': 'Use at least {shortest} characters for the password of the file.',
  'pickUp.fault.weak':
    'The password of the file is easy to guess. Make it longer or more varied, or use “Suggest a password”.',
  'pickUp.fault.sameAsApplication': 'Choose a password for the file that is not your application password.',
  'pickUp.submit': 'Pick up the certificate',
  'pickUp.makingKey': 'Making the private key. This can take some seconds.',
  'pickUp.requesting': 'Waiting for the certificate.',
  'pickUp.makingFiles': 'Making the files.',
  'pickUp.network':
    'The connection broke. The private key is still in this browser. Please try again: if the certificate was issued already, you receive the same one.',
  'pickUp.keyRefusedHeading': 'The certificate was not issued for this key',
  'pickUp.keyRefused': 'This key has been discarded. Make a new one and pick up again.',
  'pickUp.newKey': 'Make a new key and pick up',
  'pickUp.unableHeading': 'This browser cannot go on',
  'pickUp.unable':
    'It could not make the private key or the file. Please use the latest version of a supported browser, not in a private window.',
  'pickUp.otherKeyHeading': 'It was picked up with another private key',
  'pickUp.otherKey':
    'The certificate is issued, and its private key is not in this browser. It can be picked up only once, so not again here.',
  'pickUp.otherKeyFile': 'If you saved the file (.p12), use it.',
  'pickUp.otherKeyBrowser':
    'If you had started on another device or in another browser, open this page there and enter the same code to go on.',
  'pickUp.otherKeyLost':
    'If you have neither, the certificate is of no use. Apply for a reissue once more, and enter this certificate code in the identity check.',
  'pickUp.otherKeyStranger': 'If you did not pick it up, contact us at once.',
  'pickUp.issuedHeading': 'Your certificate has been issued',
  'pickUp.save':
    'Save these files now. They have the same content under different protection: take the one for your device, or both.',
  'pickUp.modern': 'Save the standard form',
  'pickUp.modernFor': 'Windows 10 and 11, Thunderbird, Firefox, recent macOS and others: try this one first.',
  'pickUp.compatible': 'Save the compatible form',
  'pickUp.compatibleFor':
    'iPhone and iPad, Android, older macOS and Windows: also when the standard form is answered with “wrong password”.',
  'pickUp.saveKeep':
    'Keep the file and its password in different places. Do not mail the file, and do not put it where others can read it.',
  'pickUp.compareHeading': 'Your certificate',
  'pickUp.compare': 'After the import, check that what you see is the same as this.',
  'pickUp.fingerprint': 'Fingerprint (SHA-256)',
  'pickUp.installHeading': 'How to install it',
  'pickUp.install': 'Choose your system or mail program.',
  'pickUp.finishHeading': 'Finish',
  'pickUp.finishWhy':
    'When you have seen that the file opens, delete the private key from this browser. After that the files can no longer be saved from here.',
  'pickUp.finish': 'I have the file: delete the private key here',
  'pickUp.notSavedHeading': 'The file is not saved yet',
  'pickUp.notSaved': 'Save the standard or the compatible form first, then delete the private key.',
  'pickUp.doneHeading': 'You are done',
  'pickUp.done':
    'The private key has been deleted from this browser. Install the file that you saved to use the certificate.',
};
