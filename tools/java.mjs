// Is there a Java that can run the embedded broker? Plain JavaScript: asked before the dependencies are there.
import { execFile } from 'node:child_process';

export const javaVersionMin = 17;

/**
 * What is wrong with `java` on the PATH, as a sentence that says what to do.
 * @returns {Promise<string | undefined>}
 */
export async function javaProblem() {
  const output = await versionOutput();
  const remedy =
    `install Java ${javaVersionMin} or newer (Debian/Ubuntu: apt-get install default-jre-headless; ` +
    'macOS: brew install openjdk), or set KAFKA_BROKERS=host:port to use an existing broker.';
  if (output === undefined) return `Java was not found, and the embedded Kafka needs it: ${remedy}`;
  const major = javaMajor(output);
  if (major === undefined || major >= javaVersionMin) return undefined;
  return `Java ${major} is too old for the embedded Kafka: ${remedy}`;
}

/**
 * 17 of `openjdk version "17.0.15"`, 8 of `java version "1.8.0_292"`; undefined when nothing can be read.
 * @param {string} output
 * @returns {number | undefined}
 */
export function javaMajor(output) {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match ? Number(match[1]) : undefined;
}

/** @returns {Promise<string | undefined>} */
function versionOutput() {
  return new Promise((resolve) => {
    execFile('java', ['-version'], (error, stdout, stderr) => resolve(error ? undefined : stdout + stderr));
  });
}
