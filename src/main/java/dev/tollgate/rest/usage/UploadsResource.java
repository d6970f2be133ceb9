package dev.tollgate.rest.usage;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.bodylimit.ContentCoding;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.rest.support.BodyReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.Responses;
import dev.tollgate.rest.support.TextValidation;
import dev.tollgate.storage.BrokenUploadException;
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
import java.io.PushbackInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Uploads: the body as it is, or the first file of a form. Bytes stream to the provider's store. docs/uploads.md has the rules.
 */
@Path("api/v1/uploads")
@Produces(MediaType.APPLICATION_JSON)
@Dependent
public class UploadsResource {

    private static final System.Logger LOG = System.getLogger(UploadsResource.class.getName());
    private static final int MAX_NAME = 64 * 1024;
    private static final long STORAGE_RETRY_SECONDS = 30;
    // What the parts of a form may add to a file's size before its Content-Length alone is reason to refuse it.
    private static final long FORM_OVERHEAD = 256 * 1024;

    private static final String FILE_NAME = "filename";

    /** A stored file, and the names of others that the form held. */
    private record Stored(StoredFile file, List<String> others) {}

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
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(oneOf = {StoredFile.class, FormFile.class})))
    public Response upload(@PathParam("provider") String name, @Context ContainerRequestContext request) {
        request.setProperty(RequestAttributes.FAILED, Boolean.TRUE);
        StorageProvider provider = provider(name);
        request.setProperty(RequestAttributes.PROVIDER, name);
        Stored stored = counted(provider, request);
        StoredFile file = stored.file();
        request.setProperty(RequestAttributes.FILE_SIZE, file.size());
        request.setProperty(RequestAttributes.FILE_TYPE, file.contentType());
        request.removeProperty(RequestAttributes.FAILED);
        Object answer = stored.others().isEmpty() ? file : FormFile.of(file, stored.others());
        return Responses.created(request.getUriInfo(), file.id(), answer);
    }

    private Stored counted(StorageProvider provider, ContainerRequestContext request) {
        try {
            Stored stored = bodies.read(request, body -> store(provider, request, body));
            providers.countStored(provider, stored.file().size());
            return stored;
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

    private Stored store(StorageProvider provider, ContainerRequestContext request, InputStream body) {
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
                requireNoCoding(request);
                return storeForm(provider, body, contentType);
            }
            String name = fileName(request).or(() -> nameInQuery).orElse(null);
            InputStream bytes = name == null ? someOf(body) : body;
            return new Stored(provider.store(bytes, new Arrival(name, contentType, length, maxBytes)), List.of());
        } catch (IOException e) {
            throw failed(provider, e);
        }
    }

    private Stored storeForm(StorageProvider provider, InputStream body, String contentType) throws IOException {
        MultipartForm form;
        MultipartForm.File file;
        try {
            form = new MultipartForm(body, contentType, maxBytes + FORM_OVERHEAD + 1);
            file = form.file()
                    .orElseThrow(() -> new ProblemException(Problems.badRequest(
                            "The form holds no file: none of its parts has a filename, or all with one are blank.")));
        } catch (IOException e) {
            if (isTooLarge(e)) {
                throw e;
            }
            throw new ProblemException(
                    Problems.badRequest("The body is not a complete multipart/form-data form. Its parts are"
                            + " those that the boundary in Content-Type separates."));
        }
        StoredFile stored = provider.store(file.body(), new Arrival(file.fileName(), file.contentType(), -1, maxBytes));
        return new Stored(stored, form.others());
    }

    /** Refuses a form that was compressed. A raw body's coding is the file's own: its bytes are stored as they come. */
    private static void requireNoCoding(ContainerRequestContext request) {
        List<String> fields = request.getHeaders().getOrDefault(HttpHeaders.CONTENT_ENCODING, List.of());
        if (!ContentCoding.of(fields).equals(Optional.of(ContentCoding.IDENTITY))) {
            throw new ProblemException(Problems.unsupportedCoding(
                    "identity", "A form cannot come with a Content-Encoding. Send it without that field."));
        }
    }

    /** Returns the same bytes if there are any: who sends neither bytes nor a name has forgotten the file. */
    private static InputStream someOf(InputStream body) throws IOException {
        PushbackInputStream bytes = new PushbackInputStream(body);
        int first;
        try {
            first = bytes.read();
        } catch (IOException e) {
            throw new BrokenUploadException(e);
        }
        if (first < 0) {
            throw new ProblemException(Problems.badRequest(
                    "There is no body. Send the file's bytes; an empty file needs a name, as fileName in the query."));
        }
        bytes.unread(first);
        return bytes;
    }

    private static boolean isTooLarge(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(TooLargeException.class::isInstance);
    }

    private ProblemException failed(StorageProvider provider, IOException failure) {
        if (isTooLarge(failure)) {
            return new ProblemException(Problems.payloadTooLarge(maxBytes));
        }
        if (failure instanceof BrokenUploadException) {
            return new ProblemException(Problem.of(
                            400,
                            "INCOMPLETE_UPLOAD",
                            "The body ended before the file or its form did. Nothing was kept.")
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
        FieldParameters disposition =
                FieldParameters.of(Optional.ofNullable(request.getHeaderString(HttpHeaders.CONTENT_DISPOSITION))
                        .orElse(""));
        return disposition
                .extended(FILE_NAME)
                .or(() -> disposition
                        .plain(FILE_NAME)
                        .map(FieldParameters::withoutEncodedWords)
                        .or(() -> Optional.ofNullable(request.getHeaderString("X-File-Name")))
                        .map(UploadsResource::decoded));
    }

    private static String decoded(String name) {
        String text = FieldParameters.text(name, StandardCharsets.ISO_8859_1);
        try {
            return text.indexOf('%') < 0 ? text : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
