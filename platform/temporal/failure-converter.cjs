/**
 * Failures whose messages and stack traces travel as payloads, and so are sealed by the codec like everything else.
 * CommonJS, because Temporal loads it by path with `require` and bundles it into the workflows.
 */
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
