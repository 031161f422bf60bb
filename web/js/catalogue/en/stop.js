/**
 * The English texts of the page that stops an application.
 *
 * @type {Record<keyof typeof import('../ja/stop.js').default, string>}
 */
export default {
  'stop.lead':
    'If we told you by e-mail that an application for a reissue names another address, and it was not you, you can stop the application here.',
  'stop.hint.stopCode': 'The code in that e-mail. Dashes and spaces may be typed or left out.',
  'stop.checking': 'Checking.',
  'stop.heading': 'Do you want to stop this application?',
  'stop.newAddress': 'The new certificate code goes to',
  'stop.acceptedAt': 'Accepted',
  'stop.effectHeading': 'What stopping does',
  'stop.effectPickUp':
    'Nobody can pick up a new certificate with this application. Certificate codes that were sent do not work any more.',
  'stop.effectOfficer': 'An officer examines the application, and releases or rejects it.',
  'stop.effectOld': 'Your old certificate stays as it is. If it is revoked, it stays revoked.',
  'stop.own': 'If it is your own application, do not stop it: just close this page.',
  'stop.submit': 'Stop the application',
  'stop.running': 'Stopping.',
  'stop.stoppedHeading': 'The application is stopped',
  'stop.stopped':
    'It was stopped on {time}. Nobody can pick up a certificate with it. A confirmation is sent to the address that you had until now.',
  'stop.stoppedNext':
    'If you did not know about the application, contact us and give the receipt number. If you stopped it by mistake, contact us as well.',
  'stop.pickedUpHeading': 'The new certificate has already been picked up',
  'stop.pickedUp':
    'It was picked up on {time}, so the application cannot be stopped. If it was not you, use the emergency contact at once: give the receipt number and ask for the revocation of the new certificate.',
  'stop.expiredHeading': 'This application has ended',
  'stop.expired': 'The time to pick up the certificate ended on {time}. Nobody can pick up a certificate with it.',
  'stop.rejectedHeading': 'This application was rejected',
  'stop.rejected': 'An officer rejected it on {time}. Nobody can pick up a certificate with it.',
};
