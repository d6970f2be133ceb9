package dev.tollgate.guard;

import dev.tollgate.http.undertow.HeaderFieldsHandler;
import dev.tollgate.http.undertow.UnreadBodyExtension;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.ServletContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * An Undertow extension that keeps request bodies which a guarded application does not read from blocking WildFly's threads, and
 * the gate's header fields on error answers.
 * Other servers do not load it.
 */
public final class GuardExtension implements ServletExtension {

    private static final Logger LOG = System.getLogger(GuardExtension.class.getName());

    @Override
    public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
        if (GuardInitializer.isGuarded(context)) {
            HeaderFieldsHandler.install(deployment);
            try {
                UnreadBodyExtension.install(deployment, context);
            } catch (LinkageError e) {
                LOG.log(
                        Level.WARNING,
                        "{0} does not see the module org.jboss.xnio: request bodies that it does not read block its threads",
                        context.getContextPath());
            }
        }
    }
}
