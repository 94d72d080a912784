import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import headless from '@xterm/headless';
import { root } from './support.ts';

/** Whether there is what opens a pseudo-terminal. */
export const hasTerminal = spawnSync('python3', ['-c', 'import pty']).status === 0;

/**
 * Runs a program at a pseudo-terminal of 24 lines and 80 columns, and hands on what is typed and written. In the end, it says how the
 * terminal was left: whether it waits for whole lines, and shows what is typed.
 */
const bridge = `
import fcntl, json, os, pty, select, signal, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
flags = 0
while True:
    ready, _, _ = select.select([fd, 0], [], [])
    try:
        if fd in ready:
            data = os.read(fd, 65536)
            if not data: break
            flags = termios.tcgetattr(fd)[3]
            os.write(1, data)
        if 0 in ready:
            typed = os.read(0, 65536)
            if not typed:
                os.kill(pid, signal.SIGKILL)
                break
            os.write(fd, typed)
    except OSError:
        break
_, status = os.waitpid(pid, 0)
left = {'isCanonical': bool(flags & termios.ICANON), 'echoes': bool(flags & termios.ECHO)}
os.write(2, json.dumps({**left, 'code': os.waitstatus_to_exitcode(status)}).encode())
`;

/** How a program ended, and how it left the terminal. */
export interface Ending {
  readonly code: number;
  readonly isCanonical: boolean;
  readonly echoes: boolean;
}

export const keys = { enter: '\r', down: '\x1b[B', escape: '\x1b', interrupt: '\x03', erase: '\x15' } as const;

/** A terminal with the program in it. */
export interface Terminal {
  /** Types keys, once the program has written this since the last ones. */
  when(text: string, typed: string): Promise<void>;
  /** Waits until the program has written this since the last keys. */
  sees(text: string): Promise<void>;
  /** What the screen shows, a line an entry. */
  screen(): Promise<string[]>;
  /** The screen itself, with colors. */
  readonly emulator: InstanceType<typeof headless.Terminal>;
  /** All that was written, control sequences too. */
  written(): string;
  readonly ended: Promise<Ending>;
  /** Ends the program when it still runs. */
  close(): void;
}

const patience = 30_000;

export function openTerminal(argv: readonly string[], osVariables: Readonly<Record<string, string>> = {}): Terminal {
  const child = spawn('python3', ['-c', bridge, process.execPath, join(root, 'dist/cli/bin.js'), ...argv], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm-256color', ...osVariables },
  });
  // Who types after the end has lost nothing.
  child.stdin.on('error', () => {});
  const emulator = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true, convertEol: false });
  let all = '';
  let since = 0;
  let last = '';
  child.stdout.on('data', (chunk: Buffer) => {
    all += chunk.toString();
    emulator.write(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    last += chunk.toString();
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      try {
        resolve(JSON.parse(last) as Ending);
      } catch {
        reject(new Error(`the terminal broke: ${last}`));
      }
    });
  });
  const sees = async (text: string) => {
    const until = Date.now() + patience;
    while (!all.slice(since).includes(text)) {
      if (Date.now() > until) throw new Error(`"${text}" was not written, but: ${all.slice(since)}`);
      await sleep(20);
    }
  };
  return {
    emulator,
    ended,
    sees,
    close: () => child.stdin.end(),
    written: () => all,
    when: async (text, typed) => {
      await sees(text);
      // A prompt listens once it has been drawn.
      await sleep(50);
      since = all.length;
      child.stdin.write(typed);
    },
    screen: () =>
      new Promise((resolve) => {
        emulator.write('', () => {
          const { active } = emulator.buffer;
          const lines = Array.from({ length: 24 }, (_, row) =>
            (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
          );
          resolve(lines);
        });
      }),
  };
}

/** Makes ids, times and ports of screens always the same, as wide as they were; an id is the same on all of them. */
export function steadyScreens(): (screen: string) => string {
  const ids = new Map<string, string>();
  return (screen) => steadyWith(screen, ids);
}

function steadyWith(screen: string, ids: Map<string, string>): string {
  return screen
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:40000')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      if (!ids.has(id)) ids.set(id, `00000000-0000-4000-8000-${String(ids.size + 1).padStart(12, '0')}`);
      return ids.get(id) ?? id;
    })
    .replace(/\d{8}T\d{6}-[0-9a-f]{8}/g, '20260101T120000-0a1b2c3d')
    .replace(/after \d+ ms/g, 'after 10 ms')
    .replace(/exp \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'exp 2026-01-01 13:00:00')
    .replace(/"lastChangedAt": "[^"]*"/g, '"lastChangedAt": "2026-01-01T12:00:00.000Z"');
}
