/**
 * Stores form values in the tab until they are submitted. The key is the coupon number in step 4 and the receipt number
 * in an address correction.
 *
 * @typedef {Record<string, string>} Entered
 */
import { tabMemory } from './storage.js';

/**
 * @param {string} number
 * @returns {Entered | null}
 */
export function recallDraft(number) {
  const text = tabMemory.recall(keyOf(number));
  return text === null ? null : JSON.parse(text);
}

/**
 * @param {string} number
 * @param {Entered} entered
 */
export function keepDraft(number, entered) {
  tabMemory.remember(keyOf(number), JSON.stringify(entered));
}

/** @param {string} number */
export function forgetDraft(number) {
  tabMemory.forget(keyOf(number));
}

/** @param {string} number */
function keyOf(number) {
  return `draft.${number}`;
}
