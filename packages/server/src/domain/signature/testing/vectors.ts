/** One worked example: the text that is signed, and its HMAC-SHA1 under the key `masterkey`. */
export interface Vector {
  readonly text: string;
  readonly signature: string;
}

/** The worked examples of the specification, as they stand there (`hooks-and-signatures §6.10`). */
export const vectors = {
  // login Tom
  S1: {
    text: 'appid:Tom::1700000000000:abc123',
    signature: '21eca6f3a7364b45d5883ef691e871dd214fe04f',
  },
  // login, seconds (t=1700000000)
  S2: {
    text: 'appid:Tom::1700000000:abc123',
    signature: 'ee8090f292701f926a47be36bd8217317549f834',
  },
  // login, non-ASCII id
  S3: {
    text: 'appid:汤姆::1700000000000:abc123',
    signature: '67b9e7d1b8d414c2bc1b86c0d827bf672b54df72',
  },
  // create, Tom + Jerry, creator in the list (JS, Java, Swift, ObjC)
  S4: {
    text: 'appid:Tom:Jerry:Tom:1700000000000:abc123',
    signature: 'c3c3e8e7610c0344912f28ed16be6e39ee0450eb',
  },
  // create, list without creator (C#)
  S5: {
    text: 'appid:Tom:Jerry:1700000000000:abc123',
    signature: 'be33db0e027ce1832ce4c3e86e1efc9ac307bc16',
  },
  // create, empty list (Swift chat room); equals S1
  S6: {
    text: 'appid:Tom::1700000000000:abc123',
    signature: '21eca6f3a7364b45d5883ef691e871dd214fe04f',
  },
  // create, own id only (JS/Java chat room)
  S7: {
    text: 'appid:Tom:Tom:1700000000000:abc123',
    signature: 'be299c4784cac73ddde0a1bdd538887de0d5beb0',
  },
  // create, members Tom alice Jerry bob, ordinal sort
  S8: {
    text: 'appid:Tom:Jerry:Tom:alice:bob:1700000000000:abc123',
    signature: 'eaca99b3b48459074f143baac088444c842b5eb0',
  },
  // same, locale sort
  S9: {
    text: 'appid:Tom:alice:bob:Jerry:Tom:1700000000000:abc123',
    signature: 'fa91ea14311578b848a70df3863a1ab3a19aedb4',
  },
  // invite Mary and Jerry
  S10: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040:Jerry:Mary:1700000000000:abc123:invite',
    signature: '38ffcafe0d67ade5a47132c2482ce5bf4a6cc96b',
  },
  // Jerry joins
  S11: {
    text: 'appid:Jerry:5789a33a1b8694ad267d8040:Jerry:1700000000000:abc123:invite',
    signature: '1a00dca821d1c29713d98cdb495cdafaee39937a',
  },
  // Tom kicks Jerry
  S12: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040:Jerry:1700000000000:abc123:kick',
    signature: '67637b7fecdfa2c511f9ebf65510bb51786d4074',
  },
  // Jerry quits, signed by JS/Swift
  S13: {
    text: 'appid:Jerry:5789a33a1b8694ad267d8040:Jerry:1700000000000:abc123:kick',
    signature: '023d608c2bf28d6eee45024242aedbc21fbdcc89',
  },
  // Tom removes Jerry, signed by ObjC
  S14: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040:Jerry:1700000000000:abc123:invite',
    signature: '0fa334539fd163038a70f24b5047233a47fce32b',
  },
  // history, documented order
  S15: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040:abc123:1700000000000',
    signature: 'e8163a93fec226604dec3655bb284481d0e3850d',
  },
  // history, demo order
  S16: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040:1700000000000:abc123',
    signature: 'b7e7a7971e6afb9779c1fefeb1f332708c82593a',
  },
  // Tom blocks the conversation
  S17: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040::1700000000000:abc123:client-block-conversations',
    signature: '736356edd464eced86b6ee96adc219581ba25259',
  },
  // Tom unblocks it
  S18: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040::1700000000000:abc123:client-unblock-conversations',
    signature: '6d8dc5fcdf4db91350a858b7412eeb584fe2845c',
  },
  // conversation blocks Jerry and Mary
  S19: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040:Jerry:Mary:1700000000000:abc123:conversation-block-clients',
    signature: '8030f53613f782b71c2b781e1eb82eef9bde2f73',
  },
  // conversation unblocks them
  S20: {
    text: 'appid:Tom:5789a33a1b8694ad267d8040:Jerry:Mary:1700000000000:abc123:conversation-unblock-clients',
    signature: 'a3c5d4e44537d2b83fc32c0a96ec77b6da7ced2c',
  },
} as const satisfies Readonly<Record<string, Vector>>;
