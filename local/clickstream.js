#!/usr/bin/env node
require('./run').run('local/cli.ts');
