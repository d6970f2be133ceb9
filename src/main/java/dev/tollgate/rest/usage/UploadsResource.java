package dev.tollgate.rest.usage;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.rest.support.BodyReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.Responses;
import dev.tollgate.rest.support.TextValidation;
import dev.tollgate.storage.BrokenUploadException;
import dev.tollgate.storage.EmptyFileException;
import dev.tollgate.storage.StorageProvider;
import dev.tollgate.storage.StorageProvider.Arrival;
import dev.tollgate.storage.StorageProviders;
import dev.tollgate.storage.StoredFile;
import dev.tollgate.storage.TooLargeException;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Uploads: the body as it is, or the first file of a form. Bytes stream to the provider's store. */
@Path("api/v1/uploads")
@Produces(MediaType.APPLICATION_JSON)
@Dependent
public class UploadsResource {

    private static final System.Logger LOG = System.getLogger(UploadsResource.class.getName());
    private static final int MAX_NAME = 64 * 1024;
    private static final long STORAGE_RETRY_SECONDS = 30;
    // What the parts of a form may add to a file's size before its Content-Length alone is reason to refuse it.
    private static final long FORM_OVERHEAD = 256 * 1024;

    private final StorageProviders providers;
    private final BodyReader bodies;
    private final long maxBytes;

    /** Into the given stores. */
    @Inject
    public UploadsResource(StorageProviders providers, BodyReader bodies, Settings settings) {
        this.providers = providers;
        this.bodies = bodies;
        this.maxBytes = settings.get(SettingCatalog.UPLOADS_MAX_SIZE);
    }

    /** Stores a file. It is counted for the presented key, as a failure if it could not be stored. */
    @POST
    @Path("{provider}")
    @Parameter(ref = "providerInPath")
    @Parameter(ref = "fileName")
    @RequestBody(ref = "File")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = StoredFile.class)))
    public Response upload(@PathParam("provider") String name, @Context ContainerRequestContext request) {
        request.setProperty(RequestAttributes.FAILED, Boolean.TRUE);
        StorageProvider provider = provider(name);
        request.setProperty(RequestAttributes.PROVIDER, name);
        StoredFile file = counted(provider, request);
        request.setProperty(RequestAttributes.FILE_SIZE, file.size());
        request.setProperty(RequestAttributes.FILE_TYPE, file.contentType());
        request.removeProperty(RequestAttributes.FAILED);
        return Responses.created(request.getUriInfo(), file.id(), file);
    }

    private StoredFile counted(StorageProvider provider, ContainerRequestContext request) {
        try {
            StoredFile file = bodies.read(request, body -> store(provider, request, body));
            providers.countStored(provider, file.size());
            return file;
        } catch (RuntimeException e) {
            providers.countRefused(provider);
            throw e;
        }
    }

    private StorageProvider provider(String name) {
        if (!Provider.isName(name)) {
            throw TextValidation.bad(
                    "provider",
                    "must be 1 to 50 of a-z, 0-9, '.', '_' and '-', start with a letter or digit, and not be 'all'");
        }
        return providers
                .named(name)
                .orElseThrow(() -> new ProblemException(Problems.notFound("There is no provider of this name.")));
    }

    private StoredFile store(StorageProvider provider, ContainerRequestContext request, InputStream body) {
        QueryParameters query = QueryParameters.of(request.getUriInfo());
        Optional<String> nameInQuery = query.text("fileName", MAX_NAME);
        query.end();
        String contentType = request.getHeaderString(HttpHeaders.CONTENT_TYPE);
        boolean form = contentType != null
                && contentType.toLowerCase(Locale.ROOT).strip().startsWith(MediaType.MULTIPART_FORM_DATA);
        long length = contentLength(request);
        if (length > (form ? maxBytes + FORM_OVERHEAD : maxBytes)) {
            throw new ProblemException(Problems.payloadTooLarge(maxBytes));
        }
        try {
            if (form) {
                MultipartFile part = filePart(body, contentType, maxBytes + FORM_OVERHEAD + 1);
                return provider.store(part.body(), new Arrival(part.fileName(), part.contentType(), -1, maxBytes));
            }
            String fileName = fileName(request).or(() -> nameInQuery).orElse(null);
            return provider.store(body, new Arrival(fileName, contentType, length, maxBytes));
        } catch (IOException e) {
            throw failed(provider, e);
        }
    }

    private static MultipartFile filePart(InputStream body, String contentType, long maxBytes) {
        try {
            return MultipartFile.first(body, contentType, maxBytes)
                    .orElseThrow(() -> new ProblemException(
                            Problems.badRequest("The form holds no file: none of its parts has a filename.")));
        } catch (IOException e) {
            throw new ProblemException(Problems.badRequest("The body is not a complete multipart/form-data form."));
        }
    }

    private ProblemException failed(StorageProvider provider, IOException failure) {
        if (failure instanceof TooLargeException) {
            return new ProblemException(Problems.payloadTooLarge(maxBytes));
        }
        if (failure instanceof EmptyFileException) {
            return new ProblemException(Problems.badRequest("The file is empty. Send at least one byte."));
        }
        if (failure instanceof BrokenUploadException) {
            return new ProblemException(
                    Problem.of(400, "INCOMPLETE_UPLOAD", "The body ended before the file did. Nothing was kept.")
                            .build());
        }
        LOG.log(System.Logger.Level.ERROR, "provider " + provider.name() + " could not keep an upload", failure);
        return new ProblemException(Problems.unavailable(
                "STORAGE_UNAVAILABLE", "The file could not be stored. Try again later.", STORAGE_RETRY_SECONDS));
    }

    /** Returns a longer length than a long holds is above any limit. */
    private static long contentLength(ContainerRequestContext request) {
        String length = request.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        if (length == null || !length.matches("[0-9]+")) {
            return -1;
        }
        return length.length() > 18 ? Long.MAX_VALUE : Long.parseLong(length);
    }

    /** Returns the name a raw body's header fields give: RFC 6266's, or {@code X-File-Name}, which may be percent-encoded. */
    private static Optional<String> fileName(ContainerRequestContext request) {
        String disposition = request.getHeaderString(HttpHeaders.CONTENT_DISPOSITION);
        Optional<String> given = disposition == null
                ? Optional.empty()
                : Optional.ofNullable(MultipartFile.parameters(disposition).get("filename"));
        return given.or(() -> Optional.ofNullable(request.getHeaderString("X-File-Name")))
                .map(UploadsResource::decoded);
    }

    private static String decoded(String name) {
        // Containers read header fields as ISO 8859-1; clients mostly send UTF-8, or percent-encode it.
        String utf8 = new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        String text = utf8.indexOf('\ufffd') < 0 && name.chars().allMatch(c -> c < 0x100) ? utf8 : name;
        try {
            return text.indexOf('%') < 0 ? text : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
