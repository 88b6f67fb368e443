/**
 * Fixed examples, made by a second writing of the format in another language: root key 00…1f, name of the key 00…0f, person
 * `usr_01JXQ8W0Z0000000000000000A` of `default`. They stay as they are for ever: what was sealed must open.
 */

/** Whose they are. */
export const VECTOR_OWNER = { tenant: "default", user: "usr_01JXQ8W0Z0000000000000000A" } as const;
/** The name of the key. */
export const VECTOR_KEY_ID = "AAECAwQFBgcICQoLDA0ODw";

/** What a memory says in its seventh version. */
export const VECTOR_MEMORY = {
  at: { id: "mem_01JXQ8W0Z0000000000000000B", version: 7 },
  body: { text: "the oak is hollow", caption: "ä" },
  sealed:
    "S1hCAQEBAAAAB2RlZmdoaWprbG1ub7psQE8szDd-I8gdxg5Lsrca9hFROTetdz3CBp1_xEOuqlnmcLlEdAHxsAenbYbuDKtuiTU9CGHkhhgmNu2WvbYRJRoyhvrzJ53cRlEAKN7s4N4roun_c-SwLXs8X978fsl5zlsvrb_eEvRH0P7anDpl4PWxBrqdDsVuX19ydB3psIdAZm08X5BIb26h6BzqniRQGi5R2-gs78Sq_yiG5QaXAh_9_mqKAi8ALnZaTTzbVDilkmD8Gw5c0LGTQ6l-pXfJRXAzMsLlDKb1IcJxVkRYXUnemoZ3YhzCvgaHjR7D8_vp_LZRsUrfDUr5_zwAZYsla8PF6VKBbKZ7e9qZgG1AuGPAXXW4wTgep3VUfv-hEnLOT_7ZCT6tNjWKT59RFlSMkBGRsrSP0kYBsmR7sdQ",
} as const;

/** The key, wrapped; its passphrase holds a letter that is folded. */
export const VECTOR_KEY = {
  passphrase: "correct horse battery staple \uFB01",
  recoveryKey: "S34W-NJYC-SQ7C-ZM6H-TB9X-9NEP-TZCD-KPPV-S1KP",
  wraps: {
    passphrase: {
      kdf: "pbkdf2-sha512",
      rounds: 600_000,
      salt: "MjM0NTY3ODk6Ozw9Pj9AQQ",
      wrapped:
        "S1hCAQECAAAAAHBxcnN0dXZ3eHl6e96xbkO5gA7xfc21iIVoMBO4hR1qiMOnYaSQ5_xUf21_n4VDABxnBcZ5kaicOxxrydkVLtdDEJ0314pzg_CbGrQc9yI5qn3xlsNinvG_kPNS6WTNaDKObPcNyvxh2TDV3Th_DHFxL89lLO_6kVeJZq-4GsmQqB_5FIq8hVBBW98MHGz8oKbSVVdMblHTSaQEGwonPsl0RzAvd9vdRIfT1ybnQhd7bqY7tRg4dzJr0tktnP0oH86gZ2s0lwcSKKMsh_xGwxioDYvkZbyBuii9EUQPwW0-xgybPTVF21oJEtotcX9qyflkMGeVBBl7O0R28W2Sk7I41KGwKvILZgDBpzuEHiqNuF5R2gVembEvvE0x3uPnN7ykU56c1a_foRTi7MG5RuqESj_iulWNs8KzhCc",
    },
    recovery: {
      wrapped:
        "S1hCAQEDAAAAAHx9fn-AgYKDhIWGhwgpbsYstezuEVHILKwtsLJ7d7m8sN5VMDu6-amzfL4mR8ZnoOGZd4IRjelap6qQB98iHiqCqJ_2aavZb7oApyPhdTEhDLPJqUY7ekPnBTnmovKgiW31xI4oydsRS4j9Ku8kpaOZwHS3AEklWqrtv0ucTS4woUc1whrUy6fBu6bu2abHgKUpw0rQP0LMozGmEtq1nFpn_5wFSynr3POBCWUS3FI7_vQIznWMsp67RysEZZf4z8fTf4erHo-RxWxsIHRGuRVlffqq0p-cMn3xQTKU3IXXoBYUZ2NFPnT_nyg1uFehw_T8HXnhDLn1e1BKSPuiOQ9ajvhG-rzvdJImhvFKySGmPbYJMBUdZEoLEJvEJmgMpFd1IlxU6GJlPsgrgnPlf7kgVHx0Rs9pIKqxr-o",
    },
  },
} as const;
