import io.trino.plugin.hive.HivePlugin;
import io.trino.plugin.iceberg.IcebergPlugin;
import io.trino.testing.DistributedQueryRunner;
import io.trino.testing.TestingSession;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Trino over the tables of an AWS account, as Athena reads them: the endpoint is its argument. It listens on the loopback interface
 * alone, as Trino's testing server does by itself, and prints its address when it is ready. It ends with its standard input, even
 * while it starts, so that none is left behind by tests that are killed.
 */
public class TrinoServer {
  public static void main(String[] args) {
    Thread.ofPlatform().daemon().start(TrinoServer::endWithInput);
    try {
      System.out.println("READY " + start(args[0]).getCoordinator().getBaseUrl());
    } catch (Throwable failure) {
      // Short, as it may contain a stack trace of each module; and halted, as threads of a half started server would go on.
      System.err.printf("%.2000s%n", failure);
      Runtime.getRuntime().halt(1);
    }
  }

  private static DistributedQueryRunner start(String endpoint) throws Exception {
    var session = TestingSession.testSessionBuilder().setCatalog("awsdatacatalog").build();
    var runner = DistributedQueryRunner.builder(session)
        .setWorkerCount(0)
        .addCoordinatorProperty("query.max-memory-per-node", "1200MB")
        .build();
    runner.installPlugin(new IcebergPlugin());
    runner.installPlugin(new HivePlugin());
    // Each hands over to the other what is not its own, so that one catalog has all tables and views, as Athena's has.
    runner.createCatalog("awsdatacatalog", "iceberg", with(endpoint, Map.of(
        "iceberg.catalog.type", "glue",
        "iceberg.hive-catalog-name", "hive")));
    runner.createCatalog("hive", "hive", with(endpoint, Map.of(
        "hive.metastore", "glue",
        "hive.iceberg-catalog-name", "awsdatacatalog",
        "hive.recursive-directories", "true",
        "hive.partition-projection-enabled", "true",
        "hive.table-statistics-enabled", "false")));
    return runner;
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

  private static void endWithInput() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException broken) {
      // an end as well
    }
    Runtime.getRuntime().halt(0);
  }
}
