/**
 * The addresses that a postal code stands for. They are in files beside the pages, one for each prefix of three
 * digits (tests/postal-codes/build.py makes them). No other host is contacted, and access logs contain only the prefix.
 *
 * @typedef {{ prefecture: string, city: string, street: string, building: string }} Address street and building as
 *   far as the code tells them; most codes stand for a town, a large office's code for a whole address
 * @typedef {string | [street: string, building: string]} Place
 * @typedef {[prefecture: string, city: string, places: Record<string, Place[]>]} City its places by the last four digits
 */

const LONGEST_WAIT = 10_000;

/** @type {Map<string, City[]>} */
const fetched = new Map();

/**
 * @param {string} postalCode seven digits
 * @returns {Promise<Address[]>} none when there is no such code; rejected when the file does not arrive
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
 * What the fields hold when an address is entered over what they hold now. Its number or floor stays where it already
 * stands behind the same street or building.
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
