package dev.tollgate.rest.usage;

import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Locale;

/**
 * The form of posted usage: Tollgate's own, or one of the content modes that CloudEvents has over HTTP (HTTP Protocol Binding
 * 1.0.2, section 3).
 */
enum UsageForm {
    /** A JSON array of events, or an object that holds it. */
    PLAIN,

    /** One CloudEvent, its attributes in header fields. */
    BINARY,

    /** One CloudEvent as a JSON object. */
    STRUCTURED,

    /** A JSON array of CloudEvents. */
    BATCHED;

    private static final String JSON = "application/json";

    /**
     * Returns the form of a request's body. The media type decides between the modes, as the binding says; a body of another
     * type is in binary mode if there are CloudEvents' header fields.
     *
     * @throws NotSupportedException if the media type is none of JSON
     */
    static UsageForm of(ContainerRequestContext request) {
        String type = mediaType(request);
        if (type.startsWith("application/cloudevents")) {
            return switch (type) {
                case "application/cloudevents+json" -> STRUCTURED;
                case "application/cloudevents-batch+json" -> BATCHED;
                default -> throw new NotSupportedException();
            };
        }
        if (BinaryCloudEvent.isIn(request.getHeaders())) {
            if (type.matches("[^/]+/(json|.+[+]json)")) {
                return BINARY;
            }
        } else if (type.equals(JSON)) {
            return PLAIN;
        }
        throw new NotSupportedException();
    }

    /** Returns the type in lower case, without parameters; without the field, the only one that Tollgate's own form has. */
    private static String mediaType(ContainerRequestContext request) {
        String field = request.getHeaderString(HttpHeaders.CONTENT_TYPE);
        if (field == null || field.isBlank()) {
            return JSON;
        }
        return field.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
