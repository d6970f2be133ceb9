package dev.tollgate.ops.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Our beans in the platform's MBean server. Closing takes them out again: left behind, they would keep an undeployed
 * application in memory. Where they cannot be put in, the application does without. Not thread-safe.
 */
public final class Registration implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Registration.class.getName());
    private static final String DOMAIN = "dev.tollgate";

    private final MBeanServer server;
    private final String context;
    private final List<ObjectName> names = new ArrayList<>();

    /**
     * Puts nothing in yet.
     *
     * @param contextPath of the application, by which two in one server are told apart
     */
    public Registration(String contextPath) {
        this(ManagementFactory.getPlatformMBeanServer(), contextPath);
    }

    Registration(MBeanServer server, String contextPath) {
        this.server = server;
        this.context = contextPath.isEmpty() ? "/" : contextPath;
    }

    /** Puts a bean in as {@code dev.tollgate:type=...,context=...}. */
    public void add(String type, Object bean) {
        try {
            ObjectName name = new ObjectName(DOMAIN + ":type=" + type + ",context=" + ObjectName.quote(context));
            server.registerMBean(bean, name);
            names.add(name);
        } catch (JMException | SecurityException e) {
            LOG.log(Level.WARNING, "no JMX bean: type={0} reason={1}", type, e.toString());
        }
    }

    @Override
    public void close() {
        for (ObjectName name : names) {
            try {
                server.unregisterMBean(name);
            } catch (InstanceNotFoundException e) {
                LOG.log(Level.DEBUG, "gone already", e);
            } catch (JMException | SecurityException e) {
                LOG.log(Level.WARNING, "a JMX bean stays behind: name={0} reason={1}", name, e.toString());
            }
        }
        names.clear();
    }
}
