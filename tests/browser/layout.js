/** Checks layout properties that a page must have in every state and that screenshots do not reliably show. */
import assert from 'node:assert/strict';

/** @typedef {import('playwright-core').Page} Page */

/**
 * Asserts that all content is inside the viewport and inside its box, and that no content is cut off or covered. Also
 * asserts that the headings are in order and that the text contains no placeholders.
 *
 * @param {Page} page
 */
export async function assertLayout(page) {
  assert.deepEqual(await page.evaluate(layoutFaults), [], `the layout of ${page.url()} at ${page.viewportSize()?.width} px`);
}

/**
 * Returns a message for each layout fault of the page. The function is self-contained, because it runs in the browser,
 * which receives only the function's source.
 *
 * @returns {string[]}
 */
export function layoutFaults() {
  /** @typedef {{ left: number, right: number, top: number, bottom: number }} Box */
  /** @type {Set<string>} */
  const faults = new Set();
  const root = document.querySelector('dialog[open]') ?? document.body;
  const styles = new Map();

  /** @param {Element} element @returns {CSSStyleDeclaration} */
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  /** @param {Element | null} element @returns {Element[]} the element and its ancestors */
  const upwards = (element) => (element ? [element, ...upwards(element.parentElement)] : []);
  /**
   * Returns whether an element is visible, excluding the unfocused skip link and text that is only for screen readers.
   *
   * @param {Element} element
   */
  const isForEyes = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !upwards(element).some((each) => styleOf(each).clipPath === 'inset(50%)' || each.matches('.skip-link:not(:focus)'));
  /** @param {Node} node */
  const named = (node) => {
    const element = node instanceof Element ? node : node.parentElement;
    return `${element?.outerHTML.slice(0, 120)} “${node.textContent?.trim().slice(0, 40)}”`;
  };
  /** @param {Box} a @param {Box} b @param {number} [tolerance] */
  const overlap = (a, b, tolerance = 1) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > tolerance && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > tolerance;
  /**
   * Returns the part of a box that is visible within its closest scrolling ancestor, or null.
   *
   * @param {Box} box
   * @param {Element} element
   * @returns {Box | null}
   */
  const shownPart = (box, element) => {
    const scroller = upwards(element.parentElement).find((each) => each !== document.documentElement && ['auto', 'scroll'].includes(styleOf(each).overflowY));
    if (!scroller || scroller === document.body) return box;
    const { top, bottom } = scroller.getBoundingClientRect();
    const part = { ...box, top: Math.max(box.top, top), bottom: Math.min(box.bottom, bottom) };
    return part.bottom > part.top ? part : null;
  };
  /** @param {DOMRect} rect @returns {Box} */
  const boxOf = ({ left, right, top, bottom }) => ({ left, right, top, bottom });
  /** @param {Box} box */
  const isOutside = ({ left, right }) => left < -1 || right > innerWidth + 1;

  const elements = [root, ...root.querySelectorAll('*')].filter(isForEyes);

  for (const element of elements) {
    const { overflowX, overflowY } = styleOf(element);
    const cuts = (/** @type {string} */ overflow) => overflow === 'hidden' || overflow === 'clip';
    // Long values in inputs are not faults, because the browser scrolls the value during editing.
    if (element.matches('input, select') || element instanceof SVGElement) continue;
    if (overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1) faults.add(`is cut off sideways: ${named(element)}`);
    if (cuts(overflowY) && element.scrollHeight > element.clientHeight + 1) faults.add(`is cut off below: ${named(element)}`);
  }

  /**
   * The vertical middle of each line of text. Whole lines cannot be compared, because their boxes may overlap.
   *
   * @type {{ node: Node, parent: Element, box: Box }[]}
   */
  const lines = [];
  for (const parent of elements) {
    for (const node of parent.childNodes) {
      if (!(node instanceof Text) || !node.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        if (rect.width < 1) continue;
        const middle = { ...boxOf(rect), top: rect.top + rect.height / 4, bottom: rect.bottom - rect.height / 4 };
        const box = shownPart(middle, parent);
        if (!box) continue;
        lines.push({ node, parent, box });
        if (isOutside(box)) faults.add(`text is outside the window: ${named(node)}`);
        const holder = upwards(parent).find((each) => !['inline', 'contents'].includes(styleOf(each).display));
        const held = holder?.getBoundingClientRect();
        if (held && (box.left < held.left - 1 || box.right > held.right + 1 || middle.top < held.top - 1 || middle.bottom > held.bottom + 1)) {
          faults.add(`text leaves its box: ${named(node)}`);
        }
      }
    }
  }
  lines.sort((a, b) => a.box.top - b.box.top);
  for (const [index, { node, box }] of lines.entries()) {
    for (let next = index + 1; next < lines.length; next++) {
      const other = lines[next];
      if (!other || other.box.top > box.bottom) break;
      if (other.node !== node && overlap(box, other.box)) faults.add(`texts overlap: ${named(node)} and ${named(other.node)}`);
    }
  }

  const controls = elements
    .filter((element) => element.matches('a[href], button, input, select, summary'))
    .map((element) => ({ element, boxes: [...element.getClientRects()].flatMap((rect) => shownPart(boxOf(rect), element) ?? []) }));
  for (const [index, { element, boxes }] of controls.entries()) {
    const { width, height } = element.getBoundingClientRect();
    if (width < 1 || height < 1) faults.add(`a control has no size: ${named(element)}`);
    if (boxes.some(isOutside)) faults.add(`a control is outside the window: ${named(element)}`);
    for (const other of controls.slice(index + 1)) {
      if (boxes.some((box) => other.boxes.some((otherBox) => overlap(box, otherBox)))) {
        faults.add(`controls overlap: ${named(element)} and ${named(other.element)}`);
      }
    }
    // The box of an inline link overlaps the lines above and below. The check of text lines covers inline links.
    if (styleOf(element).display === 'inline') continue;
    for (const { node, parent, box } of lines) {
      if (!element.contains(parent) && boxes.some((each) => overlap(box, each))) {
        faults.add(`text and control overlap: ${named(node)} and ${named(element)}`);
      }
    }
  }

  const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(isForEyes).map(({ tagName }) => Number(tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) faults.add(`the page has not exactly one h1: ${levels}`);
  levels.forEach((level, index) => {
    if (level > (levels[index - 1] ?? 0) + 1) faults.add(`a level of headings is skipped: ${levels}`);
  });

  const [left] = /\bundefined\b|\bnull\b|\bNaN\b|\[object \w+|Invalid Date|\uFFFD|\{\w+\}/.exec(root instanceof HTMLElement ? root.innerText : '') ?? [];
  if (left !== undefined) faults.add(`the text has ${left} in it`);
  return [...faults];
}
