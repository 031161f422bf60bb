/**
 * Shows a message that the browser is too old. The script has the attribute `nomodule`, so it runs only in browsers
 * that do not support modules, where the page would otherwise stay empty.
 */
(function () {
  'use strict';
  document.addEventListener('DOMContentLoaded', function () {
    var notice = document.createElement('div');
    notice.className = 'notice notice-error';
    notice.innerHTML =
      '<p>このブラウザでは手続きができません。<a href="browsers.html">対応ブラウザ</a>をお使いください。</p>' +
      '<p lang="en">This browser is too old for the procedure. Please use one of the <a href="browsers.html">supported browsers</a>.</p>';
    /** @type {HTMLElement} */ (document.getElementById('main')).appendChild(notice);
  });
})();
