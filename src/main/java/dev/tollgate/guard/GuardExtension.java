package dev.tollgate.guard;

import dev.tollgate.undertow.UnreadBodyExtension;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.ServletContext;

/** Keeps bodies that a guarded application does not read from holding WildFly's threads. Other servers do not ask for it. */
public final class GuardExtension implements ServletExtension {

    @Override
    public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
        if (GuardInitializer.isGuarded(context) && context.getAttribute(GuardInitializer.NAME) == null) {
            context.setAttribute(GuardInitializer.NAME, Boolean.TRUE);
            UnreadBodyExtension.install(deployment, context);
        }
    }
}
