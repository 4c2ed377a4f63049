#!/usr/bin/env node
'use strict';
// Old syntax only: an older Node must still be able to read this file and say what is missing.
const { existsSync, readFileSync } = require('fs');
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

function fail(exitCode, lines) {
  process.stderr.write(lines.join('\n') + '\n');
  process.exitCode = exitCode;
}
