import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { median, type Latency, type Turn } from './measure.ts';
import type { Plan } from './plan.ts';
import type { Verified } from './verify.ts';

/** What the bench has found; written as it is by --json. */
export interface Findings {
  readonly machine: { readonly cpus: number; readonly model: string; readonly node: string };
  readonly plan: Plan;
  readonly rawKafkajs: Measured;
  readonly straightLine: Measured;
  /** Median of straightLine ÷ rawKafkajs, turn by turn. */
  readonly ratio: number;
  readonly elapsedMs: { readonly setup: number; readonly seed: number; readonly total: number };
}

export interface Measured {
  readonly commandsPerSecond: number;
  readonly turns: readonly Turn[];
  readonly latencyMs: { readonly crowd: Latency; readonly one?: Latency };
  /** Seconds per 100,000 commands by process. */
  readonly cpuPer100k: Readonly<Record<string, number>>;
  readonly checked: Verified;
}

export const machine = (): Findings['machine'] => ({
  cpus: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  node: process.version,
});

/** One side's turns, taken together. */
export function measured(turns: readonly Turn[], latencyMs: Measured['latencyMs'], checked: Verified): Measured {
  const commands = turns.reduce((sum, turn) => sum + turn.commands, 0);
  const names = Object.keys(turns[0]?.cpuSeconds ?? {});
  const secondsOf = (name: string): number => turns.reduce((sum, turn) => sum + (turn.cpuSeconds[name] ?? 0), 0);
  return {
    commandsPerSecond: median(turns.map((turn) => turn.commandsPerSecond)),
    turns,
    latencyMs,
    cpuPer100k: Object.fromEntries(names.map((name) => [name, (secondsOf(name) / commands) * 100_000])),
    checked,
  };
}

export const ratioOf = (raw: readonly Turn[], ours: readonly Turn[]): number =>
  median(ours.map((turn, i) => turn.commandsPerSecond / (raw[i] as Turn).commandsPerSecond));

export async function writeJson(file: string, findings: Findings): Promise<void> {
  await writeFile(file, JSON.stringify(findings, null, 2) + '\n');
}

/** The table a person reads. */
export function table(findings: Findings): string {
  const { rawKafkajs: raw, straightLine: ours, plan } = findings;
  const rows: (readonly [string, string, string])[] = [
    ['', 'rawKafkajs', 'straight line'],
    ['', 'one hop', 'two hops, state, journals, saves'],
    ['commands/s (median)', whole(raw.commandsPerSecond), whole(ours.commandsPerSecond)],
    ['  turns', perTurn(raw), perTurn(ours)],
    [`p50 / p99 ms, ${whole(plan.followers)} followers`, latency(raw.latencyMs.crowd), latency(ours.latencyMs.crowd)],
    ['p50 / p99 ms, 1 follower', latency(raw.latencyMs.one), latency(ours.latencyMs.one)],
    ...cpuRows(raw, ours),
    ['missing / doubled', checked(raw), checked(ours)],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  );
  const goal = findings.ratio >= 2 ? 'reached' : 'missed';
  return [
    ...lines,
    '',
    `ratio ${findings.ratio.toFixed(2)} (median of ${ours.turns.length} turns; the goal of 2 is ${goal})`,
    `${findings.machine.cpus} × ${findings.machine.model}, Node ${findings.machine.node}, ${(findings.elapsedMs.total / 1000).toFixed(0)} s`,
  ].join('\n');
}

function cpuRows(raw: Measured, ours: Measured): (readonly [string, string, string])[] {
  const names = [...new Set([...Object.keys(raw.cpuPer100k), ...Object.keys(ours.cpuPer100k)])];
  const cell = (seconds: number | undefined): string => (seconds === undefined ? '–' : seconds.toFixed(2));
  return names.map((name) => [`CPU s per 100,000: ${name}`, cell(raw.cpuPer100k[name]), cell(ours.cpuPer100k[name])]);
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const perTurn = ({ turns }: Measured): string => turns.map((turn) => whole(turn.commandsPerSecond)).join(' ');
const checked = ({ checked: { missing, duplicated } }: Measured): string => `${missing} / ${duplicated}`;
const latency = (value: Latency | undefined): string =>
  value ? `${value.p50.toFixed(1)} / ${value.p99.toFixed(1)} at ${value.perSecond}/s` : '–';
