/**
 * What was entered in step 4 and not saved yet, kept by the tab for each certificate.
 *
 * @typedef {Record<string, string>} Entered
 */
import { tabMemory } from './storage.js';

/**
 * @param {string} couponNumber
 * @returns {Entered | null}
 */
export function recallDraft(couponNumber) {
  const text = tabMemory.recall(keyOf(couponNumber));
  return text === null ? null : JSON.parse(text);
}

/**
 * @param {string} couponNumber
 * @param {Entered} entered
 */
export function keepDraft(couponNumber, entered) {
  tabMemory.remember(keyOf(couponNumber), JSON.stringify(entered));
}

/** @param {string} couponNumber */
export function forgetDraft(couponNumber) {
  tabMemory.forget(keyOf(couponNumber));
}

/** @param {string} couponNumber */
function keyOf(couponNumber) {
  return `draft.${couponNumber}`;
}
