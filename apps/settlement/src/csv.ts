/** A line of a CSV file, RFC 4180. */
export const csvLine = (fields: readonly (string | number)[]): string =>
  `${fields.map((field) => (/[",\r\n]/.test(String(field)) ? `"${String(field).replaceAll('"', '""')}"` : field)).join(',')}\r\n`;
