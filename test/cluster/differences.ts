/** What of the Cluster contract does not hold, by the title of its test, for whom, and why. */
export const contractDifferences: Readonly<
  Record<'administrator' | 'deployer', Readonly<Record<string, string>>>
> = {
  administrator: {},
  deployer: {
    'says that a namespace is missing':
      'whoever may work in one namespace only is answered 403 for any other, be it there or not',
  },
};
