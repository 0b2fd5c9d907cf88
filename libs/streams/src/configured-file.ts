import { readFileSync } from 'node:fs';

/**
 * What the file says that an environment variable names; undefined where the variable isn't set.
 * @param parse its errors become part of the sentence
 * @throws Error naming the variable and the file when it can't be used
 */
export function readConfiguredFile<T>(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  parse: (text: string) => T,
): T | undefined {
  const file = environment[name];
  if (file === undefined || file === '') return undefined;
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${name} ${file} can't be used: ${(error as Error).message}`, { cause: error });
  }
}
