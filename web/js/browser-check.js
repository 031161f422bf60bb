/**
 * Checks that the browser supports the features that the pages need. Each line of browsers.html selects its check with
 * its data-check attribute. This file is a classic script with ECMAScript 5 syntax, because it must also run in
 * browsers that do not support modules.
 */
(function () {
  'use strict';

  /**
   * The time limit for a check, in milliseconds. A browser that does not store anything may never respond to an
   * IndexedDB request.
   */
  var LONGEST_WAIT = 10000;

  /** The same algorithm as in the pick-up, with a smaller key that is faster to generate. */
  var ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };

  /** @typedef {(works: boolean) => void} Answer */

  /** @type {Record<string, (answer: Answer) => void>} */
  var checks = {
    modules: function (answer) {
      // The footer exists only if the shared modules have run.
      answer('noModule' in document.createElement('script') && document.querySelector('.site-footer a') !== null);
    },
    secure: function (answer) {
      answer(window.isSecureContext === true);
    },
    network: function (answer) {
      answer(typeof window.fetch === 'function' && typeof window.AbortController === 'function');
    },
    cookies: function (answer) {
      var cookie = likeSessionCookie();
      document.cookie = cookie.name + '=1; ' + cookie.attributes;
      var kept = document.cookie.indexOf(cookie.name + '=1') >= 0;
      document.cookie = cookie.name + '=; ' + cookie.attributes + '; Max-Age=0';
      answer(kept);
    },
    storage: function (answer) {
      window.sessionStorage.setItem('browser-check', '1');
      var kept = window.sessionStorage.getItem('browser-check') === '1';
      window.sessionStorage.removeItem('browser-check');
      answer(kept);
    },
    keys: function (answer) {
      withKey(function (key) {
        var subtle = window.crypto.subtle;
        return subtle.sign(ALGORITHM.name, key, new Uint8Array(1)).then(function () {
          return subtle.exportKey('pkcs8', key);
        });
      }).then(function () {
        answer(true);
      }, refuse(answer));
    },
    database: function (answer) {
      withKey(storeAndRead).then(answer, refuse(answer));
    },
    downloads: function (answer) {
      answer('download' in document.createElement('a') && typeof window.URL.createObjectURL === 'function');
    },
    dialogs: function (answer) {
      answer(typeof window.HTMLDialogElement === 'function' && 'showModal' in window.HTMLDialogElement.prototype);
    },
  };

  window.addEventListener('load', function () {
    var lines = document.querySelectorAll('[data-check]');
    var missing = 0;
    var waiting = lines.length;
    for (var index = 0; index < lines.length; index++) {
      run(/** @type {HTMLElement} */ (lines[index]), function (works) {
        if (!works) missing++;
        if (--waiting === 0) tell(missing === 0 ? 'outcome-works' : 'outcome-missing');
      });
    }
  });

  /** @param {HTMLElement} line @param {Answer} done called once */
  function run(line, done) {
    var answered = false;
    var name = String(line.getAttribute('data-check'));
    /** @param {boolean} works */
    function answer(works) {
      if (answered) return;
      answered = true;
      line.setAttribute('data-result', works ? 'works' : 'missing');
      var result = /** @type {HTMLElement} */ (line.querySelector('.check-result'));
      copy(resultText(name, works), result);
      var remedy = line.querySelector('.check-remedy');
      if (remedy && !works) remedy.removeAttribute('hidden');
      done(works);
    }
    setTimeout(refuse(answer), LONGEST_WAIT);
    try {
      var check = checks[name];
      if (check) check(answer);
    } catch (_) {
      answer(false);
    }
  }

  /** @param {Answer} answer */
  function refuse(answer) {
    return function () {
      answer(false);
    };
  }

  /** @param {string} outcome */
  function tell(outcome) {
    var place = /** @type {HTMLElement} */ (document.getElementById('outcome'));
    place.className = outcome === 'outcome-works' ? 'notice notice-success' : 'notice notice-error';
    copy(outcome, place);
  }

  /**
   * Returns the id of the text for a result. Some checks have their own text.
   *
   * @param {string} name
   * @param {boolean} works
   */
  function resultText(name, works) {
    var common = works ? 'result-works' : 'result-missing';
    return document.getElementById(common + '-' + name) ? common + '-' + name : common;
  }

  /** Copies a text in both languages into an element. @param {string} id @param {HTMLElement} place */
  function copy(id, place) {
    var text = /** @type {HTMLElement} */ (document.getElementById(id));
    while (place.firstChild) place.removeChild(place.firstChild);
    for (var index = 0; index < text.childNodes.length; index++) {
      place.appendChild(/** @type {Node} */ (text.childNodes[index]).cloneNode(true));
    }
  }

  /**
   * Returns a cookie with the attributes of the session cookie, except HttpOnly, which a script cannot set. Over plain
   * HTTP on loopback, the cookie omits Secure and the `__Host-` prefix, as on the local stack.
   */
  function likeSessionCookie() {
    return window.location.protocol === 'http:' && window.isSecureContext
      ? { name: 'browser-check', attributes: 'Path=/; SameSite=Strict' }
      : { name: '__Host-browser-check', attributes: 'Path=/; Secure; SameSite=Strict' };
  }

  /**
   * @template T
   * @param {(key: CryptoKey) => Promise<T>} use
   * @returns {Promise<T>}
   */
  function withKey(use) {
    return window.crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']).then(function (pair) {
      return use(pair.privateKey);
    });
  }

  /**
   * Stores a key in IndexedDB as the pick-up does, and reads it back.
   *
   * @param {CryptoKey} key
   * @returns {Promise<boolean>}
   */
  function storeAndRead(key) {
    return new Promise(function (resolve, reject) {
      var opening = window.indexedDB.open('browser-check', 1);
      opening.onerror = reject;
      opening.onupgradeneeded = function () {
        opening.result.createObjectStore('keys');
      };
      opening.onsuccess = function () {
        var database = opening.result;
        var store = database.transaction('keys', 'readwrite').objectStore('keys');
        store.put(key, 'key');
        var reading = store.get('key');
        reading.onerror = reject;
        reading.onsuccess = function () {
          database.close();
          window.indexedDB.deleteDatabase('browser-check');
          resolve(reading.result !== undefined);
        };
      };
    });
  }
})();
