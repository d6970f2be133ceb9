package dev.tollgate.boot;

import dev.tollgate.rest.admin.AdminAccountAnalyticsResource;
import dev.tollgate.rest.admin.AdminAccountsResource;
import dev.tollgate.rest.admin.AdminAnalyticsResource;
import dev.tollgate.rest.admin.AdminAuditResource;
import dev.tollgate.rest.admin.AdminBansResource;
import dev.tollgate.rest.admin.AdminCallersResource;
import dev.tollgate.rest.admin.AdminFilter;
import dev.tollgate.rest.admin.AdminKeysResource;
import dev.tollgate.rest.admin.AdminLedgerResource;
import dev.tollgate.rest.admin.AdminLimitsResource;
import dev.tollgate.rest.admin.AdminOverviewResource;
import dev.tollgate.rest.admin.AdminPrincipalsResource;
import dev.tollgate.rest.admin.AdminRedisResource;
import dev.tollgate.rest.admin.AdminRoutesResource;
import dev.tollgate.rest.admin.AdminSettlementResource;
import dev.tollgate.rest.admin.AdminTiersResource;
import dev.tollgate.rest.admin.refusals.AdminRefusalsResource;
import dev.tollgate.rest.admin.refusals.AdminShadowResource;
import dev.tollgate.rest.admin.usage.AdminUsageResource;
import dev.tollgate.rest.analytics.AnalyticsResource;
import dev.tollgate.rest.analytics.LimitsResource;
import dev.tollgate.rest.support.HealthResource;
import dev.tollgate.rest.support.JsonFormat;
import dev.tollgate.rest.support.ProblemMapper;
import dev.tollgate.rest.usage.UploadsResource;
import dev.tollgate.rest.usage.UsageResource;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

/**
 * The JAX-RS application with the list of all resources. A list makes the start faster than a scan and shows what is served.
 *
 * <p>web.xml maps the application as a filter, so that paths of no resource go on to the server's handling of files.
 */
public final class RestApplication extends ResourceConfig {

    /** Creates the application with all resources. */
    public RestApplication() {
        register(AdminAccountAnalyticsResource.class);
        register(AdminAccountsResource.class);
        register(AdminAnalyticsResource.class);
        register(AdminAuditResource.class);
        register(AdminBansResource.class);
        register(AdminCallersResource.class);
        register(AdminKeysResource.class);
        register(AdminLedgerResource.class);
        register(AdminLimitsResource.class);
        register(AdminOverviewResource.class);
        register(AdminPrincipalsResource.class);
        register(AdminRedisResource.class);
        register(AdminRoutesResource.class);
        register(AdminRefusalsResource.class);
        register(AdminSettlementResource.class);
        register(AdminShadowResource.class);
        register(AdminTiersResource.class);
        register(AdminUsageResource.class);
        register(AnalyticsResource.class);
        register(HealthResource.class);
        register(LimitsResource.class);
        register(UploadsResource.class);
        register(UsageResource.class);
        register(AdminFilter.class);
        register(JsonFormat.class);
        register(ProblemMapper.class);
        // Keeps Location as a reference without a host, which is right behind any proxy.
        property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        // Problem documents instead of the server's error pages.
        property(ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true);
        property(ServerProperties.WADL_FEATURE_DISABLE, true);
    }
}
