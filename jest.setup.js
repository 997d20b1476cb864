/** Builds what the tests run: the command line and the dashboard's page. */
module.exports = async () => require('./cli/build').ensureBuilt();
