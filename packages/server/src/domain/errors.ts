/** The domain's refusals are values of the one error table; nothing else is thrown on purpose. */
export { ImError, type ErrorReason } from '@parley/protocol/errors';
