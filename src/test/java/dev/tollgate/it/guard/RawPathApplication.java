package dev.tollgate.it.guard;

import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Application;
import java.io.IOException;

/** A foreign application that routes by the raw path, as JAX-RS does, and dispatches within itself. */
@ApplicationPath("/api")
public class RawPathApplication extends Application {

    /** What needs a key. */
    @Path("files/{name: .*}")
    public static class Files {

        /** Serves it. */
        @GET
        public String get(@PathParam("name") String name) {
            return "the file " + name;
        }

        /** Runs code for a preflight. */
        @OPTIONS
        public String options() {
            return "the options";
        }
    }

    /** What anybody may have. */
    @Path("assets/{name: .*}")
    public static class Assets {

        /** Serves it. */
        @GET
        public String get(@PathParam("name") String name) {
            return "the asset " + name;
        }
    }

    /** Forwards to a path that a client could not write. */
    @WebServlet(urlPatterns = "/forward")
    public static class Forward extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            request.getRequestDispatcher("/nowhere/../index.html").forward(request, response);
        }
    }

    /** Fails, so that the container looks for an error page. */
    @WebServlet(urlPatterns = "/fail")
    public static class Fail extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.sendError(418);
        }
    }
}
