import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import type { LanguageId } from '../pages/languages.ts';
import { runProgram, succeeds } from './program.ts';

/** What programs are run with. */
export interface Workshop {
  /** A folder for the files of one run; it is removed afterwards. */
  readonly folder: string;
  /** A folder that keeps npm packages between runs. */
  readonly packages: string;
  /** The certificate that programs must trust, PEM. */
  readonly certificate: string;
  readonly certificateFile: string;
}

/** How the examples of a language are run. */
export interface Runner {
  readonly language: LanguageId;
  /** What Debian and npm call the tools it needs. */
  readonly debian?: readonly string[];
  readonly npm?: readonly string[];
  /** Installs what is neither in Debian nor in npm; whether that worked shows in `missing`. */
  readonly install?: () => Promise<void>;
  /** What is missing on this machine; undefined when nothing is. */
  readonly missing: (workshop: Workshop) => Promise<string | undefined>;
  /** What a person must know to judge the result; undefined when nothing. */
  readonly note?: (workshop: Workshop) => Promise<string | undefined>;
  /** Runs a program and gives what it printed. Throws when it fails. */
  readonly run: (program: string, workshop: Workshop) => Promise<string>;
  readonly close?: () => Promise<void>;
}

/** Milliseconds; Go and Java compile first. */
const timeLimit = 120_000;

/** The certificate in the variables that curl, Node, requests, Go and Ruby read. No proxy: nothing leaves this machine. */
function environment({ packages, certificateFile }: Workshop): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    LANG: 'C.UTF-8',
    CURL_CA_BUNDLE: certificateFile,
    NODE_EXTRA_CA_CERTS: certificateFile,
    REQUESTS_CA_BUNDLE: certificateFile,
    SSL_CERT_FILE: certificateFile,
    NODE_PATH: join(packages, 'node_modules'),
    NODE_NO_WARNINGS: '1',
  };
}

/** Writes a program to a file and runs it with a command. */
async function runFile(
  workshop: Workshop,
  file: string,
  program: string,
  command: string,
  argv: readonly string[] = [],
): Promise<string> {
  const path = join(workshop.folder, file);
  await writeFile(path, `${program}\n`);
  return runProgram(command, [...argv, path], { env: environment(workshop), cwd: workshop.folder, timeLimit });
}

async function missingCommand(name: string, argv: readonly string[] = ['--version']): Promise<string | undefined> {
  return (await succeeds(name, argv)) ? undefined : `there is no ${name}`;
}

async function missingPackage({ packages }: Workshop, name: string): Promise<string | undefined> {
  return existsSync(join(packages, 'node_modules', name)) ? undefined : `the npm package ${name} is not installed`;
}

const curl: Runner = {
  language: 'curl',
  debian: ['curl'],
  missing: () => missingCommand('curl'),
  run: (program, workshop) => runFile(workshop, 'example.sh', program, 'sh'),
};

const go: Runner = {
  language: 'go',
  debian: ['golang-go'],
  missing: () => missingCommand('go', ['version']),
  run: (program, workshop) => runFile(workshop, 'example.go', program, 'go', ['run']),
};

/** The message as it is, over a connection of its own; line ends become those of HTTP. */
const http: Runner = {
  language: 'http',
  missing: async () => undefined,
  run: async (program, { certificate }) => {
    const [head = '', ...body] = program.split('\n\n');
    const [, host = '', port = '443'] = /^Host: ([^:\n]+)(?::(\d+))?$/m.exec(head) ?? [];
    const message = `${head.replaceAll('\n', '\r\n')}\r\n\r\n${body.join('\n\n')}`;
    const answer = await exchange(host, Number(port), certificate, message);
    return answer.slice(answer.indexOf('\r\n\r\n') + 4);
  },
};

/** Sends a message and gives the answer, which ends where its Content-Length says. */
function exchange(host: string, port: number, ca: string, message: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ host, port, ca }, () => socket.write(message));
    socket.setEncoding('latin1');
    socket.setTimeout(timeLimit, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (isComplete(received)) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.from(received, 'latin1').toString()));
  });
}

/** Whether an answer, one character a byte, is all there. */
function isComplete(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const [, length = '0'] = /^content-length: (\d+)\r$/im.exec(answer.slice(0, end + 1)) ?? [];
  return end >= 0 && answer.length >= end + 4 + Number(length);
}

const okHttp = ['/usr/share/java/okhttp.jar', '/usr/share/java/okio.jar'];

const java: Runner = {
  language: 'java',
  debian: ['default-jdk-headless', 'libokhttp-java'],
  missing: async () =>
    (await missingCommand('javac')) ?? okHttp.filter((jar) => !existsSync(jar)).map((jar) => `there is no ${jar}`)[0],
  run: async (program, workshop) => {
    const store = join(workshop.folder, 'trusted.p12');
    if (!existsSync(store)) {
      const argv = [
        '-importcert',
        '-noprompt',
        '-alias',
        'simulator',
        '-storetype',
        'PKCS12',
        '-storepass',
        'changeit',
      ];
      await runProgram('keytool', [...argv, '-keystore', store, '-file', workshop.certificateFile], {
        env: environment(workshop),
        cwd: workshop.folder,
        timeLimit,
      });
    }
    const around = [
      'import java.io.IOException;',
      'import okhttp3.*;',
      'public class Example {',
      'public static void main(String[] arguments) throws IOException {',
      program,
      'System.out.print(response.body().string());',
      'System.exit(0);',
      '}',
      '}',
    ];
    return runFile(workshop, 'Example.java', around.join('\n'), 'java', [
      `-Djavax.net.ssl.trustStore=${store}`,
      '-Djavax.net.ssl.trustStorePassword=changeit',
      '-cp',
      okHttp.join(':'),
    ]);
  },
};

const chromiumFile = process.env.PINGONE_TUTORIAL_CHROMIUM ?? '/usr/bin/chromium';
let browser: Browser | undefined;

const jquery: Runner = {
  language: 'jquery',
  debian: ['chromium'],
  npm: ['jquery@3.7.1'],
  missing: async (workshop) =>
    existsSync(chromiumFile) ? missingPackage(workshop, 'jquery') : `there is no ${chromiumFile}`,
  note: async () => "in Chromium without its same-origin rule, and without checking the simulator's certificate",
  run: async (program, { packages }) => {
    browser ??= await chromium.launch({
      executablePath: chromiumFile,
      args: ['--no-sandbox', '--headless', '--disable-gpu', '--no-proxy-server', '--disable-web-security'],
    });
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    try {
      await page.addScriptTag({ path: join(packages, 'node_modules/jquery/dist/jquery.min.js') });
      const logged = page.waitForEvent('console', { timeout: timeLimit });
      const failed = page.evaluate(
        'new Promise((resolve) => { $(document).on("ajaxError", (event, answer) => resolve(answer.status)); })',
      );
      await page.addScriptTag({ content: program });
      const first = await Promise.race([logged, failed]);
      if (typeof first !== 'object' || first === null) throw new Error(`the request failed with status ${first}`);
      const value: unknown = await (first as Awaited<typeof logged>).args()[0]?.jsonValue();
      return value === undefined ? '' : JSON.stringify(value);
    } finally {
      await page.close();
    }
  },
  close: async () => {
    await browser?.close();
    browser = undefined;
  },
};

const nodejs: Runner = {
  language: 'nodejs',
  npm: ['request@2.88.2'],
  missing: (workshop) => missingPackage(workshop, 'request'),
  run: (program, workshop) => runFile(workshop, 'example.cjs', program, process.execPath),
};

const python: Runner = {
  language: 'python',
  debian: ['python3-requests'],
  missing: async () =>
    (await missingCommand('python3')) ??
    ((await succeeds('python3', ['-c', 'import requests'])) ? undefined : 'Python has no module requests'),
  run: (program, workshop) => runFile(workshop, 'example.py', program, 'python3'),
};

const hasRequest2 = () =>
  succeeds('php', ['-r', "exit(stream_resolve_include_path('HTTP/Request2.php') === false ? 1 : 0);"]);
const standIn = fileURLToPath(new URL('php', import.meta.url));

const php: Runner = {
  language: 'php',
  debian: ['php-cli', 'php-pear'],
  install: async () => {
    if (!(await hasRequest2())) await succeeds('pear', ['install', 'HTTP_Request2']);
  },
  missing: () => missingCommand('php'),
  note: async () => ((await hasRequest2()) ? undefined : 'with a stand-in for HTTP_Request2, which is not installed'),
  run: async (program, workshop) => {
    const own = (await hasRequest2()) ? [] : ['-d', `include_path=${standIn}`];
    return runFile(workshop, 'example.php', program, 'php', [
      '-d',
      `openssl.cafile=${workshop.certificateFile}`,
      ...own,
    ]);
  },
};

const ruby: Runner = {
  language: 'ruby',
  debian: ['ruby'],
  missing: () => missingCommand('ruby'),
  run: (program, workshop) => runFile(workshop, 'example.rb', program, 'ruby'),
};

function without(language: LanguageId, reason: string): Runner {
  return { language, missing: async () => reason, run: () => Promise.reject(new Error(reason)) };
}

/** One for each language of the examples. */
export const runners: readonly Runner[] = [
  curl,
  without('csharp', 'neither .NET nor RestSharp is in Debian'),
  go,
  http,
  java,
  jquery,
  nodejs,
  python,
  php,
  ruby,
  without('swift', 'Swift is not in Debian 12'),
];

/** Installs what the runners need. Throws when Debian's or npm's client cannot. */
export async function installTools(packages: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, cwd: process.cwd(), timeLimit: 900_000 };
  await runProgram('apt-get', ['update', '-qq'], options);
  const debian = runners.flatMap((runner) => runner.debian ?? []);
  await runProgram('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...debian], options);
  await mkdir(packages, { recursive: true });
  const npm = runners.flatMap((runner) => runner.npm ?? []);
  await runProgram('npm', ['install', '--prefix', packages, '--no-audit', '--no-fund', ...npm], options);
  for (const { install } of runners) await install?.();
}
