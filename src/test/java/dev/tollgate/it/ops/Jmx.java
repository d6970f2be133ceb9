package dev.tollgate.it.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A console that looks at a WildFly by JMX through its management port, with the client the server ships for jconsole. */
final class Jmx implements AutoCloseable {

    private final URLClassLoader client;
    private final JMXConnector connector;
    private final MBeanServerConnection server;

    Jmx(Path wildFlyHome, int managementPort) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try {
            URL jar = wildFlyHome
                    .resolve("bin/client/jboss-cli-client.jar")
                    .toUri()
                    .toURL();
            client = new URLClassLoader("wildfly-client", new URL[] {jar}, ClassLoader.getPlatformClassLoader());
            Thread.currentThread().setContextClassLoader(client);
            connector = JMXConnectorFactory.connect(
                    new JMXServiceURL("service:jmx:remote+http://localhost:" + managementPort),
                    Map.of(JMXConnectorFactory.PROTOCOL_PROVIDER_CLASS_LOADER, client));
            server = connector.getMBeanServerConnection();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    Set<ObjectName> ours() throws IOException, JMException {
        return server.queryNames(new ObjectName("dev.tollgate:*"), null);
    }

    private ObjectName bean(String type) throws IOException, JMException {
        return server.queryNames(new ObjectName("dev.tollgate:type=" + type + ",*"), null)
                .iterator()
                .next();
    }

    /** Returns the description of each attribute and operation of a bean, by its name. */
    Map<String, String> descriptions(String type) throws IOException, JMException {
        MBeanInfo info = server.getMBeanInfo(bean(type));
        return Stream.<MBeanFeatureInfo>concat(Stream.of(info.getAttributes()), Stream.of(info.getOperations()))
                .collect(Collectors.toMap(MBeanFeatureInfo::getName, MBeanFeatureInfo::getDescription));
    }

    Object get(String type, String attribute) throws IOException, JMException {
        return server.getAttribute(bean(type), attribute);
    }

    Object invoke(String type, String operation) throws IOException, JMException {
        return server.invoke(bean(type), operation, new Object[0], new String[0]);
    }

    @Override
    public void close() throws IOException {
        connector.close();
        client.close();
    }
}
