#!/usr/bin/env node
// An old Node has to be able to read this file to say that it is too old: ECMAScript 5 only, and nothing is loaded before.
var minimum = require('../package.json').engines.node.replace('>=', '').split('.').map(Number);
var version = process.versions.node.split('.').map(Number);

if (version[0] > minimum[0] || (version[0] === minimum[0] && version[1] >= minimum[1])) {
  require('./start');
} else {
  process.stderr.write(
    'error: Node ' +
      process.versions.node +
      ' is too old: clickstream needs Node ' +
      minimum.join('.') +
      ' or newer (https://nodejs.org/en/download)\n',
  );
  process.exitCode = 1;
}
