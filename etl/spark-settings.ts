/**
 * Iceberg as the catalog `glue_catalog`, and the settings under which the shared SQL means the same as in DuckDB and Trino.
 * Vectorized reading is off because Spark 3.5.4 with Iceberg 1.7.1 crashes in it (SPARK-50235).
 */
const SHARED_SETTINGS: Readonly<Record<string, string>> = {
  'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
  'spark.sql.catalog.glue_catalog': 'org.apache.iceberg.spark.SparkCatalog',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.timestampType': 'TIMESTAMP_NTZ',
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.ansi.doubleQuotedIdentifiers': 'true',
  'spark.sql.iceberg.vectorization.enabled': 'false',
};

/** Spark on AWS: tables in the Glue catalog, files in S3. The warehouse is to be added. */
export const SPARK_SETTINGS: Readonly<Record<string, string>> = {
  ...SHARED_SETTINGS,
  'spark.sql.catalog.glue_catalog.catalog-impl': 'org.apache.iceberg.aws.glue.GlueCatalog',
  'spark.sql.catalog.glue_catalog.io-impl': 'org.apache.iceberg.aws.s3.S3FileIO',
};

/** Spark on one machine: tables in folders below a folder. */
export function folderSparkSettings(warehouse: string): Readonly<Record<string, string>> {
  return {
    ...SHARED_SETTINGS,
    'spark.sql.catalog.glue_catalog.type': 'hadoop',
    'spark.sql.catalog.glue_catalog.warehouse': `file:${warehouse}`,
  };
}
