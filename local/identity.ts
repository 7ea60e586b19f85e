/** The account and partition the laptop cloud plays. */
export const accountId = '000000000000';
export const partition = 'aws';
export const defaultRegion = 'us-east-1';
