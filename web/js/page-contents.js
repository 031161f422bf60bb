/** Removes the personal data that a page shows. */
import { byId } from './elements.js';
import { clearNotice, clearProblem, say } from './messages.js';

/** Selects the parts of a page without personal data. */
const KEPT = '#page-title, .steps, #notices, #problem, #status';

export function removeContents() {
  const forms = [...document.forms];
  for (const part of [...byId('main', HTMLElement).children]) if (!part.matches(KEPT)) part.remove();
  // The removal takes the focus from a field. Listeners of that event must not read an empty form.
  for (const form of forms) form.reset();
  clearNotice();
  clearProblem();
  say('');
}

/**
 * Removes the contents when the subscriber leaves the page. The back/forward cache and the form data that browsers
 * restore therefore contain no personal data. A page from the back/forward cache is loaded again.
 */
export function removeContentsOnLeaving() {
  addEventListener('pagehide', removeContents);
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}
