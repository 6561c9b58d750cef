/** The domain's refusals are values of the one error table; nothing else is thrown on purpose. */
export { type ErrorReason, ImError } from '@parley/protocol/errors';
