/** The domain's refusals are values of the error tables; nothing else is thrown on purpose. */
export { DataError, type DataErrorReason, type ErrorReason, ImError } from '@parley/protocol/errors';
