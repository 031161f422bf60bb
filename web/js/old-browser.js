/**
 * Shows a message in browsers that are too old. The script has the `nomodule` attribute, so it runs only in browsers
 * that do not support modules, where the page would otherwise stay empty.
 */
(function () {
  'use strict';
  document.addEventListener('DOMContentLoaded', function () {
    var notice = document.createElement('div');
    notice.className = 'notice notice-error';
    notice.appendChild(paragraph('ja', 'このブラウザでは手続きができません。', '対応ブラウザ', 'をお使いください。'));
    notice.appendChild(
      paragraph('en', 'This browser is too old for the procedure. Please use one of the ', 'supported browsers', '.'),
    );
    /** @type {HTMLElement} */ (document.getElementById('main')).appendChild(notice);
  });

  /**
   * Creates a paragraph with a link to the supported browsers. The content security policy does not allow HTML in
   * strings.
   *
   * @param {string} language
   * @param {string} before
   * @param {string} link
   * @param {string} after
   */
  function paragraph(language, before, link, after) {
    var anchor = document.createElement('a');
    anchor.href = 'browsers.html';
    anchor.appendChild(document.createTextNode(link));
    var place = document.createElement('p');
    place.lang = language;
    place.appendChild(document.createTextNode(before));
    place.appendChild(anchor);
    place.appendChild(document.createTextNode(after));
    return place;
  }
})();
