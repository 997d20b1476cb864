import io.trino.plugin.hive.HivePlugin;
import io.trino.plugin.iceberg.IcebergPlugin;
import io.trino.testing.DistributedQueryRunner;
import io.trino.testing.TestingSession;
import java.util.HashMap;
import java.util.Map;

/**
 * Trino over the tables of an AWS account, as Athena reads them: the endpoint is its argument. It prints its address when it is
 * ready, and ends with its standard input, so that none is left behind by tests that are killed.
 */
public class TrinoServer {
  public static void main(String[] args) throws Exception {
    var session = TestingSession.testSessionBuilder().setCatalog("awsdatacatalog").build();
    var runner = DistributedQueryRunner.builder(session)
        .setWorkerCount(0)
        .addCoordinatorProperty("query.max-memory-per-node", "1200MB")
        .build();
    runner.installPlugin(new IcebergPlugin());
    runner.installPlugin(new HivePlugin());
    // Each hands over to the other what is not its own, so that one catalog has all tables and views, as Athena's has.
    runner.createCatalog("awsdatacatalog", "iceberg", with(args[0], Map.of(
        "iceberg.catalog.type", "glue",
        "iceberg.hive-catalog-name", "hive")));
    runner.createCatalog("hive", "hive", with(args[0], Map.of(
        "hive.metastore", "glue",
        "hive.iceberg-catalog-name", "awsdatacatalog",
        "hive.recursive-directories", "true",
        "hive.partition-projection-enabled", "true",
        "hive.table-statistics-enabled", "false")));
    System.out.println("READY " + runner.getCoordinator().getBaseUrl());
    System.in.transferTo(java.io.OutputStream.nullOutputStream());
    System.exit(0);
  }

  private static Map<String, String> with(String endpoint, Map<String, String> properties) {
    var all = new HashMap<>(properties);
    all.putAll(Map.of(
        "hive.metastore.glue.endpoint-url", endpoint,
        "hive.metastore.glue.region", "us-east-1",
        "hive.metastore.glue.aws-access-key", "000000000000",
        "hive.metastore.glue.aws-secret-key", "test",
        "fs.native-s3.enabled", "true",
        "s3.endpoint", endpoint,
        "s3.region", "us-east-1",
        "s3.path-style-access", "true",
        "s3.aws-access-key", "000000000000",
        "s3.aws-secret-key", "test"));
    return all;
  }
}
