/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | (() => void)>} [attributes] a function becomes the listener of the event with that name
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/**
 * Returns the element with this id. Throws a TypeError if the element does not exist or has another class.
 *
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new TypeError(`#${id} is not a ${kind.name}`);
  return node;
}

/**
 * Returns a description list (`dl`) from pairs of a term and its description.
 *
 * @param {[string, Node | string][]} pairs
 */
export function descriptionList(pairs) {
  return element(
    'dl',
    { class: 'descriptions' },
    ...pairs.map(([term, description]) => element('div', {}, element('dt', {}, term), element('dd', {}, description))),
  );
}

/** Returns an element that wraps only after colons. @param {string} octets hexadecimal, separated by colons */
export function octetsView(octets) {
  const parts = (octets.match(/[^:]+:?/g) ?? []).flatMap((part) => [part, element('wbr')]);
  return element('span', { class: 'serial' }, ...parts);
}
