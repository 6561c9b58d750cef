/** The least that a plug-in can do with every message: be asked, and let it pass. */
export default { api: 1, name: 'passing', start: () => ({ before: { messageReceived() {} } }) };
