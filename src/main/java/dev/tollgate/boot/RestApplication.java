package dev.tollgate.boot;

import dev.tollgate.api.AdminAccountAnalyticsResource;
import dev.tollgate.api.AdminAccountsResource;
import dev.tollgate.api.AdminAnalyticsResource;
import dev.tollgate.api.AdminAuditResource;
import dev.tollgate.api.AdminBansResource;
import dev.tollgate.api.AdminCallersResource;
import dev.tollgate.api.AdminFilter;
import dev.tollgate.api.AdminKeysResource;
import dev.tollgate.api.AdminLedgerResource;
import dev.tollgate.api.AdminOverviewResource;
import dev.tollgate.api.AdminRedisResource;
import dev.tollgate.api.AdminRoutesResource;
import dev.tollgate.api.AdminSettlementResource;
import dev.tollgate.api.AdminTiersResource;
import dev.tollgate.api.AnalyticsResource;
import dev.tollgate.api.HealthResource;
import dev.tollgate.api.JsonFormat;
import dev.tollgate.api.LimitsResource;
import dev.tollgate.api.ProblemMapper;
import dev.tollgate.api.UploadsResource;
import dev.tollgate.api.UsageResource;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

/**
 * The REST resources. They are listed, not searched for: start is quicker, and what is served can be read here. web.xml maps
 * this application as a filter, so that what is no resource's path goes on to the server's own handling of files.
 */
public final class RestApplication extends ResourceConfig {

    /** With every resource there is. */
    public RestApplication() {
        register(AdminAccountAnalyticsResource.class);
        register(AdminAccountsResource.class);
        register(AdminAnalyticsResource.class);
        register(AdminAuditResource.class);
        register(AdminBansResource.class);
        register(AdminCallersResource.class);
        register(AdminKeysResource.class);
        register(AdminLedgerResource.class);
        register(AdminOverviewResource.class);
        register(AdminRedisResource.class);
        register(AdminRoutesResource.class);
        register(AdminSettlementResource.class);
        register(AdminTiersResource.class);
        register(AnalyticsResource.class);
        register(HealthResource.class);
        register(LimitsResource.class);
        register(UploadsResource.class);
        register(UsageResource.class);
        register(AdminFilter.class);
        register(JsonFormat.class);
        register(ProblemMapper.class);
        // Location as we write it, a reference without host, is right behind any proxy.
        property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        // Our problem documents, not the server's error pages.
        property(ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true);
        property(ServerProperties.WADL_FEATURE_DISABLE, true);
    }
}
