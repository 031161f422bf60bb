/**
 * Looks up the addresses of a postal code in files of this site, one for each three-digit prefix.
 * tests/postal-codes/build.py generates the files. The lookup does not contact any other host, and access logs contain
 * only the prefix.
 *
 * @typedef {{ prefecture: string, city: string, street: string, building: string }} Address for
 *   most codes, street is only a town and building is empty; for a large office, street also contains the number
 * @typedef {string | [street: string, building: string]} Place
 * @typedef {[prefecture: string, city: string, places: Record<string, Place[]>]} City places by the last four digits
 */

const LONGEST_WAIT = 10_000;

/** @type {Map<string, City[]>} */
const fetched = new Map();

/**
 * @param {string} postalCode seven digits
 * @returns {Promise<Address[]>} empty if the code does not exist; rejects if the file cannot be read
 */
export async function addressesOf(postalCode) {
  const cities = await citiesOf(postalCode.slice(0, 3));
  return cities.flatMap(([prefecture, city, places]) =>
    (places[postalCode.slice(3)] ?? []).map((place) => {
      const [street, building] = typeof place === 'string' ? [place, ''] : place;
      return { prefecture, city, street, building };
    }),
  );
}

/**
 * Returns the field values after an address is chosen. An entered house number or floor is kept if it follows the same
 * street or building.
 *
 * @param {Address} address
 * @param {Address} entered in normal form
 * @returns {Address}
 */
export function enteredOver(address, entered) {
  const { prefecture, city, street, building } = address;
  const sameCity = entered.prefecture === prefecture && entered.city === city;
  const sameStreet = street === '' ? sameCity : entered.street.startsWith(street);
  return {
    prefecture,
    city,
    street: sameStreet ? entered.street : street,
    building: entered.building.startsWith(building) ? entered.building : building,
  };
}

/**
 * @param {string} firstDigits three
 * @returns {Promise<City[]>}
 */
async function citiesOf(firstDigits) {
  const known = fetched.get(firstDigits);
  if (known) return known;
  const address = new URL(`../postal-codes/${firstDigits}.json`, import.meta.url);
  const response = await fetch(address, { signal: AbortSignal.timeout(LONGEST_WAIT) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const cities = await response.json();
  fetched.set(firstDigits, cities);
  return cities;
}
