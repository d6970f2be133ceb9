package dev.tollgate.http.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The console's page as a browser that navigates to it gets it, with the token for changes in its head. Stateless. */
public final class ConsolePage {

    private static final String FILE = "/index.html";
    private static final Set<String> PATHS = Set.of("/", FILE);
    private static final String BLANK = "<meta name=\"tollgate-token\" content=\"\">";

    private ConsolePage() {}

    /** Whether a browser navigates to the page, in a tab of its own. A script's request, or a frame's, says otherwise. */
    public static boolean isOpened(String path, HttpServletRequest request) {
        return PATHS.contains(path)
                && "GET".equals(request.getMethod())
                && "document".equals(request.getHeader("Sec-Fetch-Dest"));
    }

    /** Sends it with a token, which is letters, digits, {@code -} and {@code _}. */
    public static void send(String token, HttpServletRequest request, HttpServletResponse response) throws IOException {
        String page;
        try (InputStream file = request.getServletContext().getResourceAsStream(FILE)) {
            if (file == null) {
                throw new FileNotFoundException(FILE);
            }
            page = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
        byte[] bytes =
                page.replace(BLANK, BLANK.replace("\"\"", "\"" + token + "\"")).getBytes(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Vary", "Sec-Fetch-Dest");
        response.setContentType("text/html;charset=UTF-8");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
