package esnode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.node.ClasspathNode;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.transport.netty4.Netty4Plugin;
import org.elasticsearch.xpack.core.XPackPlugin;

/** java esnode.Main PORT HOME: one node on 127.0.0.1:PORT with its files under HOME; 0 is any free port. */
public final class Main {
    public static void main(String[] args) {
        try {
            start(args[0], Path.of(args[1]).toAbsolutePath());
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void start(String port, Path home) throws Exception {
        Path config = Files.createDirectories(home.resolve("config"));
        LogConfigurator.configureWithoutConfig(Settings.builder().put("logger.level", System.getProperty("log", "WARN")).build());
        LogConfigurator.configureESLogging();
        Settings settings = Settings.builder()
            .put("path.home", home)
            .put("cluster.name", "elasticsearch-core")
            .put("node.name", "elasticsearch-core")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", port)
            .put("transport.port", "0")
            .put("xpack.security.enabled", false)
            // the serial collector collects late: garbage would count as used memory, and searches would be refused
            .put("indices.breaker.total.use_real_memory", false)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> "elasticsearch-core");
        EndpointsPlugin endpoints = new EndpointsPlugin();
        ClasspathNode node = new ClasspathNode(
            environment,
            List.of(new Netty4Plugin(), new XPackPlugin(environment.settings()), endpoints)
        );
        endpoints.attach(node.injector());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node)));
        node.start();
        BuiltinTemplates.install(node.client());
        int bound = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
        System.out.println("listening on http://127.0.0.1:" + bound);
        new CountDownLatch(1).await(); // until a signal: the node's own threads are daemons
    }

    private static void stop(ClasspathNode node) {
        try {
            node.prepareForClose();
            node.close();
            node.awaitClose(10, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException e) {
            e.printStackTrace();
        }
    }
}
