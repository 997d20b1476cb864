/** What a QuickSight user may do with the dashboard: look at it, or make analyses of its data and save what comes of them as well. */
export const ROLES = ['viewer', 'author'] as const;
export type Role = (typeof ROLES)[number];

/** Kinds of things in QuickSight that a user is given. */
export type Given = 'dashboard' | 'analysis' | 'data_set' | 'data_source' | 'theme';

/**
 * Actions by what a user is given, the least sets that QuickSight takes: it refuses others (AWS, "Sharing by API"). An author owns the
 * analysis, as there is no smaller set that lets one work on it, and only uses the rest.
 */
export const ACTIONS: Readonly<Record<Role, Partial<Readonly<Record<Given, readonly string[]>>>>> = {
  viewer: { dashboard: actions('DescribeDashboard', 'ListDashboardVersions', 'QueryDashboard') },
  author: {
    dashboard: actions('DescribeDashboard', 'ListDashboardVersions', 'QueryDashboard'),
    analysis: actions(
      'DeleteAnalysis',
      'DescribeAnalysis',
      'DescribeAnalysisPermissions',
      'QueryAnalysis',
      'RestoreAnalysis',
      'UpdateAnalysis',
      'UpdateAnalysisPermissions',
    ),
    data_set: actions(
      'DescribeDataSet',
      'DescribeDataSetPermissions',
      'DescribeIngestion',
      'ListIngestions',
      'PassDataSet',
    ),
    data_source: actions('DescribeDataSource', 'DescribeDataSourcePermissions', 'PassDataSource'),
    theme: actions('DescribeTheme', 'DescribeThemeAlias', 'ListThemeAliases', 'ListThemeVersions'),
  },
};

function actions(...names: readonly string[]): readonly string[] {
  return names.map((name) => `quicksight:${name}`);
}
