/** The mandatory part of one leg; IATA Resolution 792 allows no shorter pass. */
const CHARACTERS_MIN = 60;

/**
 * The first flight of a bar-coded boarding pass (IATA Resolution 792, format M), or null. The traveller's name and
 * booking are not read out: the shop needs neither.
 */
export function readBoardingPass(text: string): Readonly<Record<string, string>> | null {
  if (text.length < CHARACTERS_MIN || !/^[MS][1-9]/.test(text)) return null;
  const at = (from: number, to: number) => text.slice(from, to).trim();
  const [from, to, carrier, flight, day] = [at(30, 33), at(33, 36), at(36, 39), at(39, 44), at(44, 47)];
  const looksLikeFlight =
    /^[A-Z]{3}$/.test(from) &&
    /^[A-Z]{3}$/.test(to) &&
    /^[A-Z0-9]{2,3}$/.test(carrier) &&
    /^[0-9]{1,4}[A-Z]?$/.test(flight) &&
    /^[0-9]{3}$/.test(day) &&
    /^[0-9A-F]{2}$/.test(at(58, 60));
  if (!looksLikeFlight) return null;
  return { legs: text.charAt(1), from, to, carrier, flight, day_of_year: day };
}
