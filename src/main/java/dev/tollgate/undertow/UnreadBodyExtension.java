package dev.tollgate.undertow;

import dev.tollgate.intake.DrainLimiter;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.ServletContext;

/** Puts {@link UnreadBodyHandler} before Tollgate's own application. Undertow finds it when it deploys the WAR. */
public final class UnreadBodyExtension implements ServletExtension {

    /** The bounds: a browser's streams fit one connection's, and a proxy's connections one address's. Each costs some 8 KB. */
    private static final DrainLimiter.Bounds BOUNDS = new DrainLimiter.Bounds(64, 512, 4_096);

    @Override
    public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
        install(deployment, context);
    }

    /** Puts the handler before an application, and the limiter into its context as {@link DrainLimiter#ATTRIBUTE}. */
    public static void install(DeploymentInfo deployment, ServletContext context) {
        DrainLimiter limiter = new DrainLimiter(BOUNDS);
        context.setAttribute(DrainLimiter.ATTRIBUTE, limiter);
        UnreadBodyHandler.install(deployment, limiter);
    }
}
