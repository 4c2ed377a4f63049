#!/usr/bin/env node
'use strict';
// Old syntax only: an older Node must still be able to read this file and say what is missing.
const { spawn } = require('child_process');
const { existsSync, readFileSync, readdirSync } = require('fs');
const { join } = require('path');

const EXIT_USAGE = 2;
const EXIT_FAULT = 70;

// What draws the screen looks for it, and is slower without.
process.env.NODE_ENV = process.env.NODE_ENV || 'production';

const args = process.argv.slice(2);
const major = parseInt(process.versions.node, 10);

const program = join(__dirname, '..', 'dist', 'main.js');
const help = join(__dirname, '..', 'dist', 'help.txt');

// The two questions of one word are answered before the program is loaded: asking takes no longer than starting Node.
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(require('../package.json').version + '\n');
} else if (args.length === 1 && (args[0] === '--help' || args[0] === '-h') && existsSync(help)) {
  process.stdout.write(readFileSync(help));
} else if (major !== 24 && major < 26 && ownNode() !== null) {
  startUnder(ownNode());
} else if (major !== 24 && major < 26) {
  fail(EXIT_USAGE, [
    'aitrader needs Node 24, or 26 and later; this is Node ' + process.versions.node + '.',
    'Install Node 24, or start it with "make run" in the source folder, which brings its own.',
  ]);
} else if (!existsSync(program)) {
  fail(EXIT_FAULT, [
    'aitrader is not built: ' + program + ' is missing.',
    'Run "make build" in the source folder, or "make run" to build and start it.',
  ]);
} else {
  import('../dist/main.js').catch(function (error) {
    fail(EXIT_FAULT, ['aitrader could not start: ' + ((error && error.stack) || error)]);
  });
}

/** The Node that `make` brought into the source folder; null where there is none. */
function ownNode() {
  const tools = join(__dirname, '..', '.tools');
  const names = existsSync(tools) ? readdirSync(tools) : [];
  const found = names.map((name) => join(tools, name, 'bin', 'node')).filter(existsSync);
  return found.length === 0 ? null : found[found.length - 1];
}

/** Runs the same command line under another Node, which has terminal and signals to itself. */
function startUnder(node) {
  const child = spawn(node, [__filename].concat(args), { stdio: 'inherit' });
  // Ctrl+C reaches the child by itself; the others are sent to this process alone.
  process.on('SIGINT', function () {});
  ['SIGTERM', 'SIGHUP', 'SIGUSR2'].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('exit', function (code, signal) {
    if (signal === null) process.exitCode = code;
    else process.exit(signal === 'SIGKILL' ? 137 : 143);
  });
}

function fail(exitCode, lines) {
  process.stderr.write(lines.join('\n') + '\n');
  process.exitCode = exitCode;
}
