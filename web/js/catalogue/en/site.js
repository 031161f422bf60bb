/** The English text that scripts add to the information pages. The HTML contains all other text of these pages. */
export default {
  'repository.subject': 'Subject',
  'repository.fingerprint': 'SHA-256 fingerprint',
  'repository.caPem': 'CA certificate (PEM, ca.pem)',
  'repository.crlNumber': 'CRL number',
  'repository.thisUpdate': 'Issued (thisUpdate)',
  'repository.nextUpdate': 'Next one due by (nextUpdate)',
  'repository.size': 'Size',
  'repository.overdue': 'The time by which the next list was due is over. Please tell us.',
  'repository.unreadable': 'We could not show its content here. Please open the file above.',
};
