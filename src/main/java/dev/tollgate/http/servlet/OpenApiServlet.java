package dev.tollgate.http.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;

/**
 * The servlet of {@code /openapi.json}, which lies in the WAR. The file handling of the server would wait for slow readers.
 */
public final class OpenApiServlet extends AllowedMethodsServlet {

    private static final long serialVersionUID = 1L;

    /** Where it is, in the WAR and by HTTP. */
    public static final String PATH = "/openapi.json";

    private transient byte[] contract;
    private String tag;

    /** Serves nothing before {@link #init}. */
    @SuppressWarnings("NullAway.Init") // init sets what it serves
    public OpenApiServlet() {
        super("GET", "HEAD", "OPTIONS");
    }

    @Override
    public void init() throws ServletException {
        try (InputStream file = getServletContext().getResourceAsStream(PATH)) {
            if (file == null) {
                throw new ServletException("the WAR has no " + PATH);
            }
            contract = file.readAllBytes();
        } catch (IOException e) {
            throw new ServletException(e);
        }
        CRC32 sum = new CRC32();
        sum.update(contract);
        tag = '"' + Long.toHexString(sum.getValue()) + '"';
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("ETag", tag);
        if (tag.equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType("application/json");
        AsyncResponseWriter.send(contract, request, response);
    }
}
